package cordwood.cli;

import cordwood.lsm.inspect.FileReport;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.RestoreReport;
import cordwood.store.ByteSize;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a store of a snapshot. */
@Command(
        name = "restore",
        description = {
            "Make a store of a snapshot of an lsm store: every file of the snapshot is verified",
            "first, and copied where all are sound. The store shares nothing with the snapshot, which",
            "stays as it is. Of a rocksdb snapshot, 'snapshot --dir SNAPSHOT TARGET' makes a store."
        })
final class Restore implements Callable<Integer> {

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Parameters(
            index = "0",
            paramLabel = "SNAPSHOT",
            description = "Directory of a snapshot, or of any closed store.")
    @Nullable Path snapshot;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "Where to make the store: a directory that must not exist.")
    @Nullable Path target;

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most off-heap memory to use; default ${DEFAULT-VALUE}.",
            defaultValue = "512MiB")
    long memoryBudgetBytes;

    @Mixin private final ResultFlag result = new ResultFlag();

    Restore(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path from = snapshot;
        Path to = target;
        if (from == null || to == null) {
            throw new UsageException("restore takes a snapshot and the directory to make");
        }
        requireInspected(from, to);
        result.requireWritable();
        LongWork work = new LongWork(invocation.progress(session));
        RestoreReport report =
                new LsmInspection(memoryBudgetBytes, session.interruption()::requested)
                        .restore(
                                from,
                                to,
                                file -> verified(file, work),
                                (done, all) -> work.at(() -> copied(done, all)));
        int exit = conclude(from, to, report);
        result.write(
                result.head("restore")
                        .put("snapshot", from.toString())
                        .put("target", to.toString())
                        .put("sound", report.found().isSound())
                        .put("restored", report.restored())
                        .put("files", report.found().files().stream().map(Verify::json).toList())
                        .put("copied_bytes", report.copiedBytes()));
        return exit;
    }

    private static void requireInspected(Path from, Path to) {
        if (Engines.named("rocksdb").isStore(from)) {
            throw new UsageException(
                    "%s is of rocksdb: 'cordwood snapshot --dir %s %s' makes a store of it"
                            .formatted(from, from, to));
        }
    }

    private void verified(FileReport file, LongWork work) {
        if (!file.findings().isEmpty()) {
            Verify.print(session.out(), file);
        }
        work.at(() -> "verified up to " + file.file().getFileName());
    }

    private static String copied(long doneBytes, long allBytes) {
        return "copied %s of %s".formatted(ByteSize.text(doneBytes), ByteSize.text(allBytes));
    }

    private int conclude(Path from, Path to, RestoreReport report) {
        if (report.restored()) {
            session.out()
                    .printf(
                            "restored %s in %s: %,d records in tables and log, %s%n",
                            from,
                            to,
                            report.found().records(),
                            ByteSize.text(report.copiedBytes()));
            return ExitCode.DONE;
        }
        if (report.found().findings().isEmpty()) {
            session.out().println("stopped before the end: nothing was restored");
        } else {
            session.err()
                    .printf(
                            "cordwood: %s is damaged, so nothing was restored: 'cordwood verify %s"
                                    + " --salvage TARGET' saves what is sound%n",
                            from, from);
        }
        return ExitCode.FAILED;
    }
}
