package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.Environment;
import cordwood.bench.report.Comparison;
import cordwood.bench.report.Floors;
import cordwood.bench.report.ResultFile;
import cordwood.bench.report.RunTables;
import cordwood.bench.run.RunConfig;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures several stores several times, each run by itself, and says what came out.
 *
 * <p>Runs are interleaved; runs that met another disk are repeated, and stay in the record. Use
 * once, from one thread; the control may be interrupted from any.
 */
public final class BenchPlan {

    /** How often the runs that met another disk are repeated. */
    static final int RERUN_ROUNDS_MAX = 2;

    /** How a plan ended. */
    public enum Ending {
        /** Everything was measured. */
        DONE,
        /** A run failed; what was measured before is in the result. */
        FAILED,
        /** Somebody asked to stop; what was measured before is in the result. */
        INTERRUPTED
    }

    private final PlanRequest request;
    private final RunLauncher launcher;
    private final RunControl control;
    private final Consumer<String> results;
    private final Consumer<String> progress;

    private final List<JsonObject> runs = new ArrayList<>();
    private final JsonObject environment;
    private final Instant startedAt;
    private @Nullable String failure;

    /**
     * @param clock tells when it began
     * @param results takes what people asked for
     * @param progress takes what goes on meanwhile
     */
    public BenchPlan(
            PlanRequest request,
            RunLauncher launcher,
            RunControl control,
            InstantSource clock,
            Consumer<String> results,
            Consumer<String> progress) {
        this.request = request;
        this.launcher = launcher;
        this.control = control;
        this.startedAt = clock.instant();
        this.results = results;
        this.progress = progress;
        Path directory = request.directory();
        this.environment =
                Environment.describe(
                                directory == null
                                        ? Path.of(System.getProperty("java.io.tmpdir"))
                                        : directory,
                                request.jvmFlags())
                        .put("load_average_start", Environment.loadAverage());
    }

    /**
     * Runs everything, prints it, and writes the result file.
     *
     * @throws BenchException of kind usage when nothing was run
     */
    public Ending execute() {
        Path resultFile = request.resultFile();
        if (resultFile != null) {
            ResultFile.requireWritable(resultFile);
        }
        warnOfMemoryDisk();
        List<RunOrder> order = RunOrder.interleaved(request.runs().size(), request.repeatCount());
        measure(order, 1);
        for (int round = 1; round <= RERUN_ROUNDS_MAX; round++) {
            List<RunOrder> again = withoutValidRun(order);
            if (isOver() || again.isEmpty()) {
                break;
            }
            progress.accept(
                    "%d of %d runs met another disk or processor than the rest: measuring them again"
                            .formatted(again.size(), order.size()));
            measure(again, round + 1);
        }
        print();
        if (resultFile != null) {
            ResultFile.write(resultFile, result());
        }
        if (control.isInterrupted()) {
            return Ending.INTERRUPTED;
        }
        return failure == null ? Ending.DONE : Ending.FAILED;
    }

    /** What went wrong, or null. */
    public @Nullable String failure() {
        return failure;
    }

    private boolean isOver() {
        return failure != null || control.isInterrupted();
    }

    private void warnOfMemoryDisk() {
        String fileSystem = environment.text("filesystem");
        if (fileSystem.equals("tmpfs") || fileSystem.equals("ramfs")) {
            progress.accept(
                    "the directory is in memory (%s): figures say nothing about a disk; use --dir"
                            .formatted(fileSystem));
        }
    }

    private void measure(List<RunOrder> order, int attempt) {
        for (int i = 0; i < order.size() && !isOver(); i++) {
            RunOrder next = order.get(i);
            RunConfig wanted = request.runs().get(next.store());
            try (RunDirectory directory = RunDirectory.choose(request, wanted)) {
                RunConfig config = wanted.in(directory.path());
                progress.accept(announcement(config, i + 1, order.size()));
                runOne(config, directory, next, attempt);
            }
        }
        FloorRule.mark(runs);
    }

    private void runOne(RunConfig config, RunDirectory directory, RunOrder order, int attempt) {
        RunOutcome outcome;
        try {
            outcome = launcher.launch(config, control);
        } catch (BenchException e) {
            directory.forsake();
            if (runs.isEmpty()) {
                throw e;
            }
            failure = e.getMessage();
            return;
        }
        if (outcome.run().whole("records") == 0 && outcome.failure() != null) {
            failure = outcome.failure();
            if (runs.isEmpty()) {
                throw BenchException.failed(failure);
            }
            return;
        }
        runs.add(
                outcome.run()
                        .put("repeat", order.repeat())
                        .put("attempt", attempt)
                        .put("interrupted", outcome.interrupted())
                        .put("failure", outcome.failure()));
        failure = outcome.failure();
        if (!outcome.statistics().isEmpty()) {
            results.accept(outcome.statistics());
        }
        if (directory.kept()) {
            progress.accept("kept " + directory.path());
        }
    }

    private static String announcement(RunConfig config, int number, int count) {
        JsonObject run =
                new JsonObject().put("store", config.label()).put("config", config.toJson());
        String which = count == 1 ? "" : "run %d of %d: ".formatted(number, count);
        return which + RunTables.header(run);
    }

    /** The places of the plan of which every run so far is void. */
    private List<RunOrder> withoutValidRun(List<RunOrder> order) {
        List<RunOrder> missing = new ArrayList<>();
        for (RunOrder place : order) {
            String store = request.runs().get(place.store()).label();
            boolean valid =
                    runs.stream()
                            .anyMatch(run ->
                                    run.text("store").equals(store)
                                            && run.whole("repeat") == place.repeat()
                                            && !run.isTrue("void"));
            if (!valid) {
                missing.add(place);
            }
        }
        return missing;
    }

    private void print() {
        if (runs.isEmpty()) {
            return;
        }
        Comparison comparison = new Comparison(runs);
        for (String store : comparison.stores()) {
            JsonObject run = comparison.medianRun(store);
            String which =
                    comparison.runs(store).size() == 1
                            ? ""
                            : " (the median run, repeat %d)".formatted(run.whole("repeat"));
            results.accept(RunTables.header(run) + which);
            results.accept(RunTables.all(run));
        }
        if (runs.size() > 1) {
            results.accept(comparison.table());
        }
        printVoid(comparison);
    }

    private void printVoid(Comparison comparison) {
        long voidCount = runs.stream().filter(run -> run.isTrue("void")).count();
        if (voidCount > 0) {
            results.accept(
                    "%d of %d runs are void (floors more than %.0f %% from the median):"
                            .formatted(voidCount, runs.size(), Floors.DISTANCE_MAX * 100));
            for (JsonObject run : runs) {
                if (run.isTrue("void")) {
                    results.accept(
                            "  %s, repeat %d, attempt %d: %s"
                                    .formatted(
                                            run.text("store"),
                                            run.whole("repeat"),
                                            run.whole("attempt"),
                                            run.text("void_reason")));
                }
            }
        }
        for (String store : comparison.stores()) {
            if (comparison.countsVoidRuns(store)) {
                results.accept(
                        "the machine was unsteady: the medians of %s count its void runs too"
                                .formatted(store));
            }
        }
    }

    private JsonObject result() {
        environment
                .put("load_average_end", Environment.loadAverage())
                .put("command_line", request.commandLine())
                .put("seed", request.seed());
        return ResultFile.head(request.command(), startedAt)
                .put("interrupted", control.isInterrupted())
                .put("failure", failure)
                .put("runs", runs)
                .put("comparison", new Comparison(runs).toJson())
                .put("environment", environment);
    }
}
