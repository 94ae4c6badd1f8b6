package cordwood.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.plan.BenchPlan.Ending;
import cordwood.bench.report.JsonSchema;
import cordwood.bench.report.ResultFile;
import cordwood.bench.run.RunConfig;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.write.TestRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchPlanTest {

    private static final Path SCHEMA = Path.of("../../docs/format/result-file.schema.json");

    @TempDir Path directory;

    private final List<String> launched = new ArrayList<>();
    private final List<String> printed = new ArrayList<>();
    private final RunControl control = new RunControl();

    @Test
    void ordersReverseOnEverySecondRepeat() {
        assertThat(RunOrder.interleaved(3, 3))
                .containsExactly(
                        new RunOrder(0, 1),
                        new RunOrder(1, 1),
                        new RunOrder(2, 1),
                        new RunOrder(2, 2),
                        new RunOrder(1, 2),
                        new RunOrder(0, 2),
                        new RunOrder(0, 3),
                        new RunOrder(1, 3),
                        new RunOrder(2, 3));
    }

    @Test
    void resultOfRealRunsFitsTheSchema() throws Exception {
        Path file = directory.resolve("result.json");
        Ending ending =
                plan(request(List.of("model", "noop"), 2, null, file), BenchPlanTest::run)
                        .execute();
        assertThat(ending).isEqualTo(Ending.DONE);
        JsonObject result = ResultFile.read(file);
        assertThat(JsonSchema.read(SCHEMA).violations(result)).isEmpty();
        assertThat(result.objects("runs")).hasSize(4);
        for (JsonObject run : result.objects("runs")) {
            assertThat(run.whole("latency_us.count")).isEqualTo(run.whole("batches"));
        }
        assertThat(result.objects("runs").stream().map(run -> run.text("store")))
                .containsExactly("model", "noop", "noop", "model");
        assertThat(result.number("comparison.records_per_second.ratio")).isPositive();
        assertThat(result.text("environment.command_line")).isEqualTo("cordwood test");
        assertThat(String.join("\n", printed)).contains("Latency of a batch", "samples", "ratio");
        assertThat(leftBehind()).containsExactly(file);
    }

    @Test
    void runsThatMetAnotherDiskAreVoidAndMeasuredAgain() {
        IntFunction<Double> floors = run -> run == 1 ? 50.0 : 100.0;
        Path file = directory.resolve("result.json");
        plan(request(List.of("model"), 5, null, file), withFloors(floors)).execute();
        List<JsonObject> runs = ResultFile.read(file).objects("runs");
        assertThat(runs).hasSize(6);
        assertThat(runs.get(1).isTrue("void")).isTrue();
        assertThat(runs.get(1).text("void_reason"))
                .contains("floor_write_mb_per_second", "-50 %", "100.0");
        assertThat(runs.get(5).whole("repeat")).isEqualTo(2);
        assertThat(runs.get(5).whole("attempt")).isEqualTo(2);
        assertThat(runs.get(5).isTrue("void")).isFalse();
        assertThat(String.join("\n", printed)).contains("1 of 6 runs are void", "model (5 runs)");
    }

    @Test
    void rerunsEndWhenTheDiskStaysUnsteady() {
        IntFunction<Double> floors = run -> 10.0 * (run + 1) * (run + 1);
        Path file = directory.resolve("result.json");
        plan(request(List.of("model"), 3, null, file), withFloors(floors)).execute();
        List<JsonObject> runs = ResultFile.read(file).objects("runs");
        assertThat(runs).hasSizeBetween(7, 9);
        assertThat(runs.stream().filter(run -> run.isTrue("void")).count())
                .isGreaterThanOrEqualTo(runs.size() - 2);
        assertThat(String.join("\n", printed)).contains("the machine was unsteady");
    }

    @Test
    void floorAt15PercentStillCounts() {
        List<JsonObject> runs =
                List.of(withFloor(100), withFloor(100), withFloor(115), withFloor(115.2));
        FloorRule.mark(List.of(runs.get(0), runs.get(1), runs.get(2)));
        assertThat(runs.get(2).isTrue("void")).isFalse();
        FloorRule.mark(List.of(runs.get(0), runs.get(1), runs.get(3)));
        assertThat(runs.get(3).isTrue("void")).isTrue();
    }

    @Test
    void runThatWroteNothingIsNeverVoid() {
        JsonObject idle = withFloor(1);
        idle.object("io").put("write_amplification", 0.0);
        FloorRule.mark(List.of(withFloor(100), withFloor(100), idle));
        assertThat(idle.isTrue("void")).isFalse();
    }

    @Test
    void failureKeepsEarlierRunsAndWritesThem() {
        Path file = directory.resolve("result.json");
        RunLauncher launcher =
                (config, control) -> {
                    if (launched.size() == 2) {
                        throw BenchException.failed("the machine burnt");
                    }
                    return recorded(config, control);
                };
        BenchPlan plan = plan(request(List.of("model", "noop"), 2, null, file), launcher);
        assertThat(plan.execute()).isEqualTo(Ending.FAILED);
        assertThat(plan.failure()).isEqualTo("the machine burnt");
        assertThat(ResultFile.read(file).objects("runs")).hasSize(2);
        assertThat(ResultFile.read(file).text("failure")).isEqualTo("the machine burnt");
        assertThat(leftBehind()).containsExactly(file);
    }

    @Test
    void refusalOfTheFirstRunLeavesNothing() {
        Path kept = directory.resolve("kept");
        RunLauncher launcher =
                (config, _) -> {
                    createDirectory(config.directory());
                    throw BenchException.usage("not like this");
                };
        BenchPlan plan = plan(request(List.of("model"), 1, kept, null), launcher);
        assertThatThrownBy(plan::execute).hasMessage("not like this");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void directoryThatWasThereIsNeverDeleted() throws Exception {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Files.writeString(kept.resolve("notes"), "mine");
        RunLauncher launcher =
                (_, _) -> {
                    throw BenchException.usage("not like this");
                };
        BenchPlan plan = plan(request(List.of("model"), 1, kept, null), launcher);
        assertThatThrownBy(plan::execute).hasMessage("not like this");
        assertThat(kept.resolve("notes")).hasContent("mine");
    }

    @Test
    void interruptStopsAndWritesWhatThereIs() {
        Path file = directory.resolve("result.json");
        RunLauncher launcher =
                (config, control) -> {
                    RunOutcome outcome = recorded(config, control);
                    control.interrupt();
                    return outcome;
                };
        assertThat(plan(request(List.of("model", "noop"), 3, null, file), launcher).execute())
                .isEqualTo(Ending.INTERRUPTED);
        assertThat(ResultFile.read(file).objects("runs")).hasSize(1);
        assertThat(ResultFile.read(file).isTrue("interrupted")).isTrue();
    }

    @Test
    void resultFileThatCannotBeWrittenIsRefusedFirst() throws Exception {
        Path other = Files.writeString(directory.resolve("notes.json"), "{\"mine\": 1}");
        for (Path wrong : List.of(other, directory, directory.resolve("no/such/file"))) {
            BenchPlan plan = plan(request(List.of("model"), 1, null, wrong), this::recorded);
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining(wrong.toString());
        }
        assertThat(launched).isEmpty();
        assertThat(other).hasContent("{\"mine\": 1}");
    }

    @Test
    void severalRunsUnderOneDirectoryGetFreshOnesInIt() {
        Path parent = directory.resolve("parent");
        List<Path> used = new ArrayList<>();
        RunLauncher launcher =
                (config, control) -> {
                    used.add(config.directory());
                    return recorded(config, control);
                };
        plan(request(List.of("model", "noop"), 2, parent, null), launcher).execute();
        assertThat(used).hasSize(4).doesNotHaveDuplicates();
        assertThat(used).allSatisfy(path -> assertThat(path.getParent()).isEqualTo(parent));
        assertThat(used).allSatisfy(path -> assertThat(path).doesNotExist());
    }

    private RunLauncher withFloors(IntFunction<Double> floors) {
        return (config, control) -> {
            int number = launched.size();
            RunOutcome outcome = recorded(config, control);
            outcome.run()
                    .object("io")
                    .put("floor_write_mb_per_second", floors.apply(number))
                    .put("floor_sync_us", 100.0)
                    .put("write_amplification", 2.0);
            return outcome;
        };
    }

    private static JsonObject withFloor(double mbPerSecond) {
        return new JsonObject()
                .put(
                        "io",
                        new JsonObject()
                                .put("floor_write_mb_per_second", mbPerSecond)
                                .put("write_amplification", 1.5));
    }

    private RunOutcome recorded(RunConfig config, RunControl control) {
        launched.add(config.engine());
        return run(config, new RunControl());
    }

    private static RunOutcome run(RunConfig config, RunControl control) {
        return TestRuns.run((WriteThroughputConfig) config, control);
    }

    private PlanRequest request(
            List<String> engines, int repeats, @Nullable Path dir, @Nullable Path file) {
        List<WriteThroughputConfig> runs =
                engines.stream().map(engine -> TestRuns.config(engine, Path.of(""))).toList();
        return new PlanRequest(runs, repeats, dir, false, file, "cordwood test", List.of(), 42);
    }

    private BenchPlan plan(PlanRequest request, RunLauncher launcher) {
        return new BenchPlan(
                request, launcher, control, InstantSource.system(), printed::add, _ -> {});
    }

    private List<Path> leftBehind() {
        try (Stream<Path> left = Files.list(directory)) {
            return left.toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void createDirectory(Path path) {
        try {
            Files.createDirectory(path);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
