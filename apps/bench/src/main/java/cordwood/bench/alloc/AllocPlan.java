package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.Environment;
import cordwood.bench.plan.FloorRule;
import cordwood.bench.plan.MeasuringJvm;
import cordwood.bench.report.AllocGates;
import cordwood.bench.report.AllocTables;
import cordwood.bench.report.Comparison;
import cordwood.bench.report.Floors;
import cordwood.bench.report.ResultFile;
import cordwood.bench.run.OutcomeCodec;
import cordwood.bench.run.RunControl;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures allocators several times, each time in a fresh JVM, and holds the medians against the
 * gates.
 *
 * <p>Repeats that met another processor are repeated, and stay in the record. Use once, from one
 * thread; the control may be interrupted from any.
 */
public final class AllocPlan {

    /** How often the repeats that met another processor are repeated. */
    private static final int RERUN_ROUNDS_MAX = 2;

    /** How a plan ended. */
    public enum Ending {
        /** Everything was measured, and every gate holds. */
        DONE,
        /** Everything was measured, and a gate does not hold. */
        FELL_SHORT,
        /** A run failed; what was measured before is in the result. */
        FAILED,
        /** Somebody asked to stop; what was measured before is in the result. */
        INTERRUPTED
    }

    private final AllocRequest request;
    private final MeasuringJvm jvm;
    private final RunControl control;
    private final Consumer<String> results;
    private final Consumer<String> progress;
    private final List<JsonObject> runs = new ArrayList<>();
    private final JsonObject environment;
    private final Instant startedAt;
    private List<AllocGates.Verdict> verdicts = List.of();
    private @Nullable String failure;

    /**
     * @param clock tells when it began
     * @param results takes what people asked for
     * @param progress takes what goes on meanwhile
     */
    public AllocPlan(
            AllocRequest request,
            MeasuringJvm jvm,
            RunControl control,
            InstantSource clock,
            Consumer<String> results,
            Consumer<String> progress) {
        this.request = request;
        this.jvm = jvm;
        this.control = control;
        this.startedAt = clock.instant();
        this.results = results;
        this.progress = progress;
        this.environment =
                Environment.describe(
                                Path.of(System.getProperty("java.io.tmpdir")), request.jvmFlags())
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
        progress.accept(AllocTables.header(AllocConfigCodec.encode(request.config())));
        List<Integer> wanted = new ArrayList<>();
        for (int repeat = 1; repeat <= request.repeatCount(); repeat++) {
            wanted.add(repeat);
        }
        for (int attempt = 1; attempt <= RERUN_ROUNDS_MAX + 1; attempt++) {
            for (int repeat : wanted) {
                if (!isOver()) {
                    measure(repeat, attempt);
                }
            }
            FloorRule.markByProcessor(runs);
            wanted.removeIf(this::isValid);
            if (isOver() || wanted.isEmpty()) {
                break;
            }
            if (attempt <= RERUN_ROUNDS_MAX) {
                progress.accept(
                        "%d of %d repeats met another processor than the rest: measuring them again"
                                .formatted(wanted.size(), request.repeatCount()));
            }
        }
        print(wanted.size());
        if (resultFile != null) {
            ResultFile.write(resultFile, result());
        }
        return ending();
    }

    private Ending ending() {
        if (control.isInterrupted()) {
            return Ending.INTERRUPTED;
        }
        if (failure != null) {
            return Ending.FAILED;
        }
        boolean holds = verdicts.stream().allMatch(AllocGates.Verdict::holds);
        return holds ? Ending.DONE : Ending.FELL_SHORT;
    }

    /** What went wrong, or null. */
    public @Nullable String failure() {
        return failure;
    }

    /** The gates that do not hold. */
    public List<AllocGates.Verdict> shortfalls() {
        return verdicts.stream().filter(verdict -> !verdict.holds()).toList();
    }

    private boolean isOver() {
        return failure != null || control.isInterrupted();
    }

    private boolean isValid(int repeat) {
        return runs.stream().anyMatch(run -> run.whole("repeat") == repeat && !run.isTrue("void"));
    }

    /** In the order given, and in the reverse order in every second repeat. */
    private void measure(int repeat, int attempt) {
        progress.accept("repeat %d of %d".formatted(repeat, request.repeatCount()));
        List<String> order = new ArrayList<>(request.config().allocators());
        if (repeat % 2 == 0) {
            Collections.reverse(order);
        }
        List<JsonObject> measured;
        boolean interrupted;
        try {
            JsonObject outcome =
                    jvm.run(AllocConfigCodec.encode(request.config().inOrder(order)), control);
            OutcomeCodec.requireNotRefused(outcome);
            measured = outcome.objects("runs");
            failure = outcome.has("failure") ? outcome.text("failure") : null;
            interrupted = outcome.isTrue("interrupted");
        } catch (JsonException e) {
            throw BenchException.failed("the measuring JVM gave no result", e);
        } catch (BenchException e) {
            if (runs.isEmpty()) {
                throw e;
            }
            failure = e.getMessage();
            return;
        }
        String reason = failure;
        if (measured.isEmpty() && runs.isEmpty() && reason != null) {
            throw BenchException.failed(reason);
        }
        for (String name : request.config().allocators()) {
            measured.stream()
                    .filter(run -> run.text("store").equals(name))
                    .forEach(run ->
                            runs.add(
                                    run.put("repeat", repeat)
                                            .put("attempt", attempt)
                                            .put("interrupted", interrupted)
                                            .put("failure", failure)));
        }
        requireUndamaged(measured);
    }

    /** A reader that saw a cell change under its pin: no figure is worth anything then. */
    private void requireUndamaged(List<JsonObject> measured) {
        for (JsonObject run : measured) {
            if (run.numberOrNaN("alloc.reader_damages") > 0) {
                failure =
                        "%s: %d times a cell changed under a reader's pin"
                                .formatted(run.text("store"), run.whole("alloc.reader_damages"));
            }
        }
    }

    private void print(int voidRepeats) {
        if (runs.isEmpty()) {
            return;
        }
        results.accept(AllocTables.header(runs.getFirst().object("config")));
        results.accept(AllocTables.all(runs));
        for (String store : new Comparison(runs).stores()) {
            if (!runs.stream()
                    .filter(run -> run.text("store").equals(store))
                    .findFirst()
                    .orElseThrow()
                    .object("engine")
                    .names()
                    .isEmpty()) {
                results.accept(AllocTables.counters(runs, store));
            }
        }
        if (voidRepeats > 0) {
            results.accept(
                    "%d of %d repeats are void: the processor's floor was more than %.0f %% from the median"
                            .formatted(
                                    voidRepeats, request.repeatCount(), Floors.DISTANCE_MAX * 100));
        }
        if (!request.gates().isEmpty() && !isOver()) {
            verdicts = request.gates().verdicts(runs);
            results.accept("gates: " + request.gates().describe());
            results.accept(AllocTables.gates(verdicts));
        }
    }

    private JsonObject result() {
        environment
                .put("load_average_end", Environment.loadAverage())
                .put("command_line", request.commandLine())
                .put("seed", request.config().seed());
        List<JsonObject> gates = new ArrayList<>();
        for (AllocGates.Verdict verdict : verdicts) {
            gates.add(
                    new JsonObject()
                            .put("gate", verdict.gate())
                            .put("bound", verdict.bound())
                            .put("measured", verdict.measured())
                            .put("holds", verdict.holds()));
        }
        return ResultFile.head("alloc", startedAt)
                .put("interrupted", control.isInterrupted())
                .put("failure", failure)
                .put("runs", runs)
                .put("gates", gates)
                .put("comparison", new Comparison(runs).toJson())
                .put("environment", environment);
    }
}
