package cordwood.cli;

import cordwood.bench.json.JsonObject;
import cordwood.lsm.inspect.FileReport;
import cordwood.lsm.inspect.FileReport.State;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks every file of a closed store and changes nothing. */
@Command(
        name = "verify",
        description = {
            "Check every file of a closed lsm store, block by block, and change nothing.",
            "Exit 1 when something is damaged or missing. A torn tail of the log is neither: what a",
            "crash left behind the last sync was never promised to anybody.",
            "With --salvage, put whatever is sound of a damaged store into a new one instead, and list",
            "what is missing: exit 1 when anything is."
        })
final class Verify implements Callable<Integer> {

    private final Session session;

    @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
    @Nullable Path directory;

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most off-heap memory to use; default ${DEFAULT-VALUE}.",
            defaultValue = "512MiB")
    long memoryBudgetBytes;

    @Option(
            names = "--salvage",
            paramLabel = "TARGET",
            description = {
                "Save what is sound in a new store: a directory that must not exist. Takes the memory",
                "budget twice."
            })
    @Nullable Path salvageTarget;

    @Mixin private final ResultFlag result = new ResultFlag();

    Verify(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path store = directory;
        if (store == null) {
            throw new UsageException("verify takes the directory of a store");
        }
        result.requireWritable();
        LsmInspection inspection =
                new LsmInspection(memoryBudgetBytes, session.interruption()::requested);
        if (salvageTarget != null) {
            return new Salvage(session, store, salvageTarget).run(inspection, result);
        }
        StoreReport report = inspection.verify(store, file -> print(session.out(), file));
        if (!report.log().isEmpty()) {
            session.out().println(report.log());
        }
        int exit = conclude(store, report);
        result.write(json(store, report));
        return exit;
    }

    static void print(PrintWriter out, FileReport file) {
        out.printf(
                "%-22s  %-10s  %s%s%n",
                file.file().getFileName(),
                state(file),
                file.kind(),
                file.content().isEmpty() ? "" : ": " + file.content());
        file.findings().forEach(finding -> out.println("    " + finding.getMessage()));
    }

    private static String state(FileReport file) {
        return file.state().name().toLowerCase(Locale.ROOT);
    }

    private int conclude(Path store, StoreReport report) {
        if (!report.complete()) {
            session.out().println("stopped before the end");
            return ExitCode.FAILED;
        }
        if (report.isSound()) {
            session.out()
                    .printf(
                            "sound: %,d files, %,d records in tables and log%n",
                            report.files().size(), report.records());
            return ExitCode.DONE;
        }
        long bad =
                report.files().stream()
                        .filter(file ->
                                file.state() == State.DAMAGED || file.state() == State.MISSING)
                        .count();
        session.err()
                .printf(
                        "cordwood: %s is damaged: %,d findings in %,d of %,d files%n",
                        store, report.findings().size(), bad, report.files().size());
        return ExitCode.FAILED;
    }

    private JsonObject json(Path store, StoreReport report) {
        return result.head("verify")
                .put("store", store.toString())
                .put("sound", report.isSound())
                .put("complete", report.complete())
                .put("log", report.log())
                .put("records", report.records())
                .put("files", report.files().stream().map(Verify::json).toList());
    }

    static JsonObject json(FileReport file) {
        return new JsonObject()
                .put("file", file.file().toString())
                .put("kind", file.kind())
                .put("state", state(file))
                .put("content", file.content())
                .put("findings", file.findings().stream().map(Verify::json).toList());
    }

    private static JsonObject json(StoreException.Corrupt finding) {
        return new JsonObject()
                .put("offset", finding.offsetBytes())
                .put("problem", finding.getMessage());
    }
}
