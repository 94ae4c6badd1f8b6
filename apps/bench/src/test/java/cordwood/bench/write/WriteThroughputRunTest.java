package cordwood.bench.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.baseline.ModelProvider;
import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import cordwood.bench.run.ConfigCodec;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WritePattern;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.Phase;
import cordwood.testkit.Poll;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteThroughputRunTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"model", "noop", "rawfile"})
    void everyRecordIsWrittenTheLastShortBatchToo(String engine) {
        JsonObject run =
                TestRuns.run(TestRuns.config(engine, directory.resolve("d")), new RunControl())
                        .run();
        assertThat(run.whole("records")).isEqualTo(1_005);
        assertThat(run.whole("batches")).isEqualTo(101);
        assertThat(run.whole("bytes")).isEqualTo(1_005 * 64);
        assertThat(run.whole("latency_us.count")).isEqualTo(run.whole("batches"));
        assertThat(run.number("latency_us.p50")).isPositive();
        assertThat(run.number("latency_us.max"))
                .isGreaterThanOrEqualTo(run.number("latency_us.p9999"));
        assertThat(run.whole("config.warmup_written_records")).isEqualTo(100);
        assertThat(run.whole("engine.commit_records")).isEqualTo(1_005);
    }

    @Test
    void syncsAndGroupsAreCountedOverTheMeasuredPhaseOnly() {
        JsonObject run =
                TestRuns.run(TestRuns.config("rawfile", directory.resolve("d")), new RunControl())
                        .run();
        assertThat(run.whole("io.wal_syncs")).isBetween(1L, 110L);
        assertThat(run.number("engine.mean_group_batches")).isGreaterThanOrEqualTo(1);
        assertThat(run.number("io.write_amplification")).isBetween(1.0, 3.0);
        assertThat(run.number("io.space_amplification")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "noop", "rawfile"})
    void streamsOfAStoreAreWrittenDirectly(String engine) {
        WriteThroughputConfig config =
                TestRuns.with(
                        TestRuns.config(engine, directory.resolve("d")),
                        new WritePattern(20, 0.9, 0, 30));
        RunOutcome outcome = TestRuns.run(config, new RunControl());
        assertThat(outcome.failure()).isNull();
        JsonObject run = outcome.run();
        assertThat(run.whole("records")).isEqualTo(1_005);
        assertThat(run.whole("batches")).isEqualTo(101);
        assertThat(run.whole("latency_us.count")).isEqualTo(101);
        assertThat(run.whole("engine.commit_records")).isEqualTo(1_005);
    }

    @Test
    void refusedBatchOfStreamsEndsTheRunWithWhatItHas() {
        WriteThroughputConfig config =
                TestRuns.with(TestRuns.config("model", directory), new WritePattern(20, 0, 0, 0));
        RunOutcome outcome =
                TestRuns.run(
                        new FailingProvider(new ModelProvider(), 50),
                        config,
                        new RunControl(),
                        new ArrayList<>());
        assertThat(outcome.failure()).contains("a batch of 10 records").contains("disk is gone");
        assertThat(outcome.run().whole("batches")).isBetween(1L, 50L);
    }

    @Test
    void durationEndsTheRun() {
        WriteThroughputConfig config =
                TestRuns.with(TestRuns.config("noop", directory), 0, Duration.ofMillis(350), false);
        List<String> lines = new ArrayList<>();
        RunOutcome outcome =
                TestRuns.run(new cordwood.baseline.NoopProvider(), config, new RunControl(), lines);
        assertThat(outcome.run().number("wall_seconds")).isBetween(0.35, 60.0);
        assertThat(outcome.run().whole("latency_us.count"))
                .isEqualTo(outcome.run().whole("batches"));
        assertThat(outcome.interrupted()).isFalse();
        assertThat(outcome.failure()).isNull();
    }

    @Test
    void interruptKeepsWhatWasMeasured() throws Exception {
        WriteThroughputConfig config =
                TestRuns.with(TestRuns.config("noop", directory), 0, Duration.ofMinutes(10), false);
        RunControl control = new RunControl();
        List<String> lines = new ArrayList<>();
        List<RunOutcome> outcomes = new ArrayList<>();
        Thread runner =
                Thread.ofPlatform()
                        .start(() ->
                                outcomes.add(
                                        TestRuns.run(
                                                new cordwood.baseline.NoopProvider(),
                                                config,
                                                control,
                                                lines)));
        Poll.until(
                "the first interval is reported",
                () -> {
                    synchronized (lines) {
                        return lines.size() >= 2;
                    }
                });
        control.interrupt();
        runner.join(Duration.ofMinutes(2));
        assertThat(lines.getFirst()).contains("ELAPSED", "RECORDS/S", "P999", "STALL", "OFFHEAP");
        assertThat(lines.get(1)).matches("( +[0-9.,]+s?){10}");
        assertThat(outcomes).hasSize(1);
        assertThat(outcomes.getFirst().interrupted()).isTrue();
        assertThat(outcomes.getFirst().run().whole("records")).isPositive();
        assertThat(outcomes.getFirst().run().whole("latency_us.count"))
                .isEqualTo(outcomes.getFirst().run().whole("batches"));
    }

    @Test
    void statusOtherThanOkEndsTheRunWithWhatItHas() {
        FailingProvider engine = new FailingProvider(new ModelProvider(), 50);
        RunOutcome outcome =
                TestRuns.run(
                        engine,
                        TestRuns.config("model", directory),
                        new RunControl(),
                        new ArrayList<>());
        assertThat(outcome.failure()).contains("answered the store of").contains("DISABLED");
        assertThat(outcome.run().whole("batches")).isBetween(1L, 50L);
        assertThat(outcome.run().whole("latency_us.count"))
                .isEqualTo(outcome.run().whole("batches"));
    }

    @Test
    void floorIsMeasuredAndItsFileGone() throws Exception {
        WriteThroughputConfig config =
                TestRuns.with(TestRuns.config("noop", directory), 10, Duration.ZERO, true);
        JsonObject run = TestRuns.run(config, new RunControl()).run();
        assertThat(run.number("io.floor_write_mb_per_second")).isPositive();
        assertThat(run.number("io.floor_sync_us")).isPositive();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "noop", "rawfile"})
    void directoryWithSomethingElseIsRefusedAndLeftAlone(String engine) throws Exception {
        Path notes = Files.writeString(directory.resolve("notes"), "mine");
        assertThatThrownBy(() -> TestRuns.run(TestRuns.config(engine, directory), new RunControl()))
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE))
                .hasMessageContaining(directory.toString());
        assertThat(Files.readString(notes)).isEqualTo("mine");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(notes);
        }
    }

    @Test
    void fileInPlaceOfTheDirectoryIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThatThrownBy(() -> TestRuns.run(TestRuns.config("noop", file), new RunControl()))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @CsvSource({"100,10,1", "1005,10,3", "7,10,4", "0,10,2", "31,10,2", "1,1,1", "999,7,5"})
    void sharesAddUpAndOnlyTheLastBatchIsShort(long records, int perBatch, int clients) {
        long sum = 0;
        long batches = 0;
        for (int i = 0; i < clients; i++) {
            long share = Phase.share(records, perBatch, clients, i);
            sum += share;
            batches += Math.ceilDiv(share, perBatch);
        }
        assertThat(sum).isEqualTo(records);
        assertThat(batches).isEqualTo(Math.ceilDiv(records, perBatch));
    }

    @Test
    void outOfRangeConfigurationsAreRefused() {
        WriteThroughputConfig good = TestRuns.config("noop", directory);
        assertThatThrownBy(() -> TestRuns.with(good, 0, Duration.ZERO, false))
                .hasMessageContaining("not both");
        assertThatThrownBy(() -> TestRuns.with(good, 1, Duration.ofSeconds(1), false))
                .hasMessageContaining("not both");
        assertThatThrownBy(() -> TestRuns.with(good, 1L << 40, Duration.ZERO, false))
                .hasMessageContaining("more than 2 loglets hold");
    }

    @Test
    void configurationSurvivesTheWayToAnotherProcess() {
        WriteThroughputConfig config = TestRuns.config("model", directory);
        String json = Json.write(ConfigCodec.encode(config));
        assertThat(ConfigCodec.decode(Json.read(json))).isEqualTo(config);
        WriteThroughputConfig timed = TestRuns.with(config, 0, Duration.ofMillis(1500), true);
        assertThat(ConfigCodec.decode(ConfigCodec.encode(timed))).isEqualTo(timed);
        WriteThroughputConfig ofStreams = TestRuns.with(config, new WritePattern(7, 0.5, 1_000, 9));
        WriteThroughputConfig back = ConfigCodec.decode(ConfigCodec.encode(ofStreams));
        assertThat(back.pattern()).isEqualTo(ofStreams.pattern());
    }
}
