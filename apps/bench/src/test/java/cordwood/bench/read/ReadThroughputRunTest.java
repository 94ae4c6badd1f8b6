package cordwood.bench.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.baseline.RawFileProvider;
import cordwood.bench.BenchException;
import cordwood.bench.KeptProvider;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.PageCache;
import cordwood.bench.measure.TestCaches;
import cordwood.bench.plan.BenchPlan;
import cordwood.bench.plan.PlanRequest;
import cordwood.bench.read.LyingCursor.Lie;
import cordwood.bench.report.JsonSchema;
import cordwood.bench.report.ResultFile;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WritePattern;
import cordwood.bench.write.TestRuns;
import cordwood.store.Order;
import cordwood.store.StreamBounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReadThroughputRunTest {

    /** 100 of the warm-up and 1,005. */
    private static final int HELD = 1_105;

    private static final WritePattern STREAMS = new WritePattern(7, 0, 0, 0);

    private static final Path SCHEMA = Path.of("../../docs/format/result-file.schema.json");

    @TempDir Path directory;

    private final KeptProvider engine = new KeptProvider();

    @ParameterizedTest
    @CsvSource({
        "LOGLETS, SCAN, FORWARD, 1",
        "LOGLETS, SCAN, BACKWARD, 3",
        "LOGLETS, RANGE, FORWARD, 2",
        "LOGLETS, LAST, BACKWARD, 1",
        "STREAMS, SCAN, FORWARD, 2",
        "STREAMS, SCAN, BACKWARD, 1",
        "STREAMS, RANGE, BACKWARD, 1",
        "STREAMS, LAST, FORWARD, 1",
        "STREAMS, LAST, BACKWARD, 2",
    })
    void everyReadGivesWhatWasWritten(String written, ReadKind kind, Order order, int readers) {
        write(written.equals("STREAMS") ? STREAMS : WritePattern.LOGLETS);
        RunOutcome outcome =
                TestReads.run(engine, TestReads.config(kind, order, readers, false, directory));
        assertThat(outcome.failure()).isNull();
        JsonObject run = outcome.run();
        int streams = written.equals("STREAMS") ? 7 : 2;
        boolean scans = kind == ReadKind.SCAN;
        assertThat(run.whole("records")).isEqualTo(scans ? HELD : 50);
        assertThat(run.whole("bytes")).isEqualTo(run.whole("records") * 64);
        assertThat(run.whole("batches")).isEqualTo(scans ? streams : 10);
        assertThat(run.whole("latency_us.count")).isEqualTo(run.whole("batches"));
        assertThat(run.whole("config.held_records")).isEqualTo(HELD);
        assertThat(run.whole("config.held_streams")).isEqualTo(streams);
        assertThat(run.text("durability")).isEqualTo("NONE");
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void whatIsNotAsItWasWrittenEndsTheRun(Lie lie) {
        write(STREAMS);
        engine.lieInReads(cursor -> new LyingCursor(cursor, lie));
        for (ReadKind kind : new ReadKind[] {ReadKind.SCAN, ReadKind.RANGE, ReadKind.LAST}) {
            RunOutcome outcome = TestReads.run(engine, TestReads.config(kind, directory));
            assertThat(outcome.failure()).as("%s %s", kind, lie).contains("bench ");
            assertThat(outcome.run().whole("records")).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void streamThatEndsBeforeWhatWasAcknowledgedIsALoss() {
        write(STREAMS);
        engine.lieOfBounds(held ->
                held.isEmpty()
                        ? held
                        : new StreamBounds(held.first(), held.last() - 1, held.trimmedTo()));
        assertFailed("end after 1,098 records, and 1,105 were acknowledged");
        engine.lieOfBounds(held ->
                held.isEmpty()
                        ? held
                        : new StreamBounds(held.first() + 1, held.last(), held.trimmedTo()));
        assertFailed("records are missing");
    }

    private void assertFailed(String why) {
        assertThatThrownBy(() -> TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory)))
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.FAILED))
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "7, 1"})
    void followersReadEverythingThatIsAcknowledgedMeanwhile(int streams, int readers) {
        write(new WritePattern(streams, 0, 0, 0));
        RunOutcome outcome =
                TestReads.run(
                        engine,
                        TestReads.config(
                                ReadKind.FOLLOW, Order.FORWARD, readers, false, directory));
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.run().whole("records")).isEqualTo(50);
        assertThat(outcome.run().whole("operations.write.latency_us.count")).isPositive();
        JsonObject after = TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory)).run();
        assertThat(after.whole("records")).isEqualTo(HELD + 50);
    }

    @Test
    void followerThatIsGivenLessThanWasAcknowledgedFails() {
        write(STREAMS);
        engine.lieInReads(cursor -> new LyingCursor(cursor, Lie.NOTHING));
        RunOutcome outcome = TestReads.run(engine, TestReads.config(ReadKind.FOLLOW, directory));
        assertThat(outcome.failure()).isEqualTo("50 records were acknowledged and 0 read");
    }

    @Test
    void trimmedStreamsAreReadFromTheirTrimPointOn() {
        write(new WritePattern(7, 0, 0, 40));
        JsonObject run = TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory)).run();
        assertThat(run.whole("records")).isBetween(7L * 40, 7L * 50);
        write(new WritePattern(0, 0, 0, 40));
        RunOutcome loglets = TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory));
        assertThat(loglets.failure()).isNull();
        assertThat(loglets.run().whole("config.held_streams")).isEqualTo(9);
    }

    @Test
    void recordsOfEveryPayloadAreKnownAgain() {
        write(STREAMS);
        TestRuns.run(
                engine,
                TestRuns.withSeed(TestRuns.with(TestRuns.config("kept", directory), STREAMS), 43),
                new RunControl(),
                new ArrayList<>());
        RunOutcome outcome = TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory));
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.run().whole("records")).isEqualTo(2 * HELD);
    }

    @Test
    void storeThatNoRunHasWrittenIsRefused() {
        engine.open(TestReads.config(ReadKind.SCAN, directory).store()).close();
        assertRefused("holds nothing that write-throughput left");
    }

    @Test
    void storeThatIsNeverReadBackIsRefused() {
        TestRuns.run(TestRuns.config("rawfile", directory), new RunControl());
        assertThatThrownBy(() ->
                        TestReads.run(
                                new RawFileProvider(),
                                TestReads.config(ReadKind.SCAN, directory),
                                new PageCache()))
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE))
                .hasMessageContaining("the log of an earlier run");
    }

    @Test
    void directoryWithoutAStoreIsRefused() {
        assertRefused("holds no store");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> TestReads.run(engine, TestReads.config(ReadKind.SCAN, directory)))
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE))
                .hasMessageContaining(why);
    }

    @Test
    void durationEndsAScanAnywhere() {
        write(STREAMS);
        ReadThroughputConfig timed =
                timed(TestReads.config(ReadKind.SCAN, directory), Duration.ofMillis(50));
        RunOutcome outcome = TestReads.run(engine, timed);
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.run().number("wall_seconds")).isGreaterThanOrEqualTo(0.05);
        assertThat(outcome.run().whole("latency_us.count"))
                .isEqualTo(outcome.run().whole("batches"));
    }

    @Test
    void coldRunOpensTheStoreAnewBehindADroppedCache() throws Exception {
        write(STREAMS);
        Path control = Files.createFile(directory.resolve("drop_caches"));
        int before = engine.openings();
        RunOutcome outcome =
                TestReads.run(
                        engine,
                        TestReads.config(ReadKind.RANGE, Order.FORWARD, 1, true, directory),
                        TestCaches.droppedBy(control));
        assertThat(outcome.failure()).isNull();
        assertThat(control).hasContent("3");
        assertThat(engine.openings()).isEqualTo(before + 2);
    }

    @Test
    void coldRunIsRefusedWhereTheCacheCannotBeDropped() {
        write(STREAMS);
        assertThatThrownBy(() ->
                        TestReads.run(
                                engine,
                                TestReads.config(ReadKind.SCAN, Order.FORWARD, 1, true, directory),
                                TestCaches.droppedBy(directory.resolve("none"))))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("root");
    }

    @Test
    void configurationSurvivesTheWayToAnotherProcess() {
        for (ReadKind kind : ReadKind.values()) {
            ReadThroughputConfig config = TestReads.config(kind, directory);
            ReadThroughputConfig back =
                    ReadThroughputConfig.decode(Json.read(Json.write(config.toJson())));
            assertThat(back.toJson()).isEqualTo(config.toJson());
        }
        ReadThroughputConfig timed =
                timed(TestReads.config(ReadKind.RANGE, directory), Duration.ofMillis(1_500));
        assertThat(ReadThroughputConfig.decode(timed.toJson()).duration())
                .isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        assertThatThrownBy(() ->
                        TestReads.config(ReadKind.FOLLOW, Order.BACKWARD, 1, false, directory))
                .hasMessageContaining("followed forward");
        assertThatThrownBy(
                        () -> TestReads.config(ReadKind.SCAN, Order.FORWARD, 257, false, directory))
                .hasMessageContaining("257 readers");
        assertThatThrownBy(() ->
                        timed(TestReads.config(ReadKind.RANGE, directory), Duration.ofMillis(-1)))
                .hasMessageContaining("negative");
    }

    @Test
    void resultOfReadsFitsTheSchemaAndItsTablesSayWhatWasRead() throws Exception {
        write(STREAMS);
        Path file = directory.resolve("result.json");
        List<String> printed = new ArrayList<>();
        BenchPlan plan =
                new BenchPlan(
                        new PlanRequest(
                                List.of(TestReads.config(ReadKind.RANGE, directory)),
                                2,
                                directory,
                                false,
                                file,
                                "cordwood test",
                                List.of(),
                                1),
                        (config, _) -> TestReads.run(engine, (ReadThroughputConfig) config),
                        new RunControl(),
                        InstantSource.system(),
                        printed::add,
                        _ -> {});
        assertThat(plan.execute()).isEqualTo(BenchPlan.Ending.DONE);
        JsonObject result = ResultFile.read(file);
        assertThat(JsonSchema.read(SCHEMA).violations(result)).isEmpty();
        assertThat(result.text("command")).isEqualTo("read-throughput");
        assertThat(result.objects("runs")).hasSize(2);
        assertThat(String.join("\n", printed))
                .contains("kept, ranges of 5 records, forward, 1 reader, warm")
                .contains("Latency of a read, us", "block look-ups per read", "kept (2 runs)")
                .doesNotContain("write_amplification");
        assertThat(file).exists();
    }

    private void write(WritePattern pattern) {
        RunOutcome outcome =
                TestRuns.run(
                        engine,
                        TestRuns.with(TestRuns.config("kept", directory), pattern),
                        new RunControl(),
                        new ArrayList<>());
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.run().whole("records")).isEqualTo(1_005);
    }

    private static ReadThroughputConfig timed(ReadThroughputConfig config, Duration duration) {
        return new ReadThroughputConfig(
                config.engine(),
                config.store(),
                config.kind(),
                config.rangeRecords(),
                config.order(),
                config.readers(),
                config.cold(),
                0,
                duration,
                config.warmupTime(),
                config.writer(),
                config.seed(),
                config.reportInterval(),
                config.measureFloor(),
                config.statistics());
    }
}
