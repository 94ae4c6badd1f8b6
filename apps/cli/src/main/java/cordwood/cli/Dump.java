package cordwood.cli;

import cordwood.lsm.inspect.DumpOptions;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in the files of a closed store. */
@Command(
        name = "dump",
        description = {
            "Show what is in a file of a closed lsm store, or in all of them: headers, and a line for",
            "each batch of the log, edit of the manifest, or block of a table.",
            "Exit 1 when a file is damaged; what can be read before the damage is shown."
        })
final class Dump implements Callable<Integer> {

    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "DIR|FILE",
            description = "The store's directory, or a file of one.")
    @Nullable Path target;

    @Option(
            names = "--records",
            description = "Show each record: stream, position, length, first bytes.")
    boolean records;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Most lines to show of each file; default all.")
    long linesMax = Long.MAX_VALUE;

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most off-heap memory to use; default ${DEFAULT-VALUE}.",
            defaultValue = "512MiB")
    long memoryBudgetBytes;

    Dump(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path shown = target;
        if (shown == null) {
            throw new UsageException("dump takes the directory of a store, or a file of one");
        }
        List<StoreException.Corrupt> damages =
                new LsmInspection(memoryBudgetBytes, this::isToStop)
                        .dump(shown, new DumpOptions(records, linesMax), session.out()::println);
        damages.forEach(damage -> session.err().println("cordwood: " + Complaint.about(damage)));
        return damages.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Also once nobody reads what is shown. */
    private boolean isToStop() {
        return session.interruption().requested() || session.out().checkError();
    }
}
