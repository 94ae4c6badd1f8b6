package cordwood.bench.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.AllocGates;
import cordwood.bench.report.AllocGates.Verdict;
import cordwood.bench.report.AllocTables;
import cordwood.bench.report.JsonSchema;
import cordwood.bench.run.RunControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AllocRunTest {

    private static final String[] LOCAL = {
        "small_pool", "small_pool-claimed", "arena", "netty-pooled", "netty-adaptive"
    };

    /** The first chunk of each of the ten timed slices is not timed. */
    private static final long UNTIMED = 10 * 1024;

    private static final String[] REMOTE = {
        "small_pool", "small_pool-claimed", "netty-pooled", "netty-adaptive"
    };

    @Test
    void everyAllocatorIsMeasuredOnTheSameWorkload() throws Exception {
        List<JsonObject> runs = run(TestConfigs.of(0, 0, 1, Fault.NONE, LOCAL));

        assertThat(runs).extracting(run -> run.text("store")).containsExactly(LOCAL);
        assertThat(runs)
                .allSatisfy(run -> {
                    assertThat(run.whole("records")).isGreaterThan(10_000);
                    assertThat(run.whole("latency_us.count"))
                            .isEqualTo(run.whole("batches") - UNTIMED);
                    assertThat(run.number("latency_us.p50")).isPositive();
                    assertThat(run.number("operations.free.latency_us.p50")).isPositive();
                    assertThat(run.number("operations.empty.latency_us.p50"))
                            .isLessThanOrEqualTo(run.number("latency_us.p50"));
                    assertThat(run.number("alloc.timer_resolution_ns")).isPositive();
                    assertThat(run.objects("alloc.rss_over_time")).hasSize(10);
                });
        assertThat(runs.getFirst().whole("engine.shard_alloc_hits")).isGreaterThan(20_000);
        assertThat(runs.getFirst().whole("engine.shard_remote_frees")).isZero();
        assertThat(AllocTables.all(runs)).contains(LOCAL).contains("(empty operation)");
        assertThat(
                        JsonSchema.read(Path.of("../../docs/format/result-file.schema.json"))
                                .violations(new JsonObject().put("runs", runs)))
                .allMatch(violation -> violation.startsWith("$ lacks "));
    }

    @Test
    void cellsHandedOverAreFreedByOthers() {
        for (JsonObject run : run(TestConfigs.of(1, 0, 1, Fault.NONE, REMOTE))) {
            assertThat(run.whole("records")).as(run.text("store")).isGreaterThan(5_000);
            if (run.has("engine.shard_remote_frees")) {
                assertThat(run.whole("engine.shard_remote_frees")).isPositive();
                assertThat(cellsHeld(run)).isBetween(500L, 500L + Batch.CELLS);
            }
        }
    }

    /** Cells in the ring, and in a batch being filled; some may have come from buckets. */
    private static long cellsHeld(JsonObject run) {
        return run.whole("engine.in_use")
                - run.whole("engine.shard_deferred_total")
                - run.whole("engine.bucket_deferred_total");
    }

    @Test
    void burstsAndSharesFreeEverythingOnce() {
        for (JsonObject run : run(TestConfigs.of(0.5, 0, 7, Fault.NONE, "small_pool"))) {
            assertThat(cellsHeld(run)).isBetween(500L, 504L + Batch.CELLS);
            double remote = run.number("engine.shard_remote_frees");
            assertThat(remote / (remote + run.number("engine.shard_local_frees")))
                    .isBetween(0.4, 0.6);
        }
    }

    @Test
    void readersPinAndFindCellsAsTheyWere() {
        for (JsonObject run :
                run(TestConfigs.of(1, 2, 1, Fault.NONE, "small_pool", "small_pool-claimed"))) {
            assertThat(run.whole("alloc.reader_pins")).isPositive();
            assertThat(run.whole("alloc.reader_damages")).isZero();
            assertThat(run.whole("engine.retired_total")).isGreaterThan(5_000);
        }
    }

    @Test
    void soundPoolKeepsItsBounds() {
        assertThat(verdicts(Fault.NONE)).hasSize(2).allMatch(Verdict::holds);
    }

    @Test
    void lateDrainingTurnsTheGateRed() {
        assertThat(verdicts(Fault.LATE_DRAIN))
                .filteredOn(verdict -> !verdict.holds())
                .extracting(Verdict::gate)
                .containsExactly("deferred cells");
    }

    @Test
    void aLockPerAllocationTurnsTheGateRed() {
        assertThat(verdicts(Fault.LOCK))
                .filteredOn(verdict -> !verdict.holds())
                .extracting(Verdict::gate)
                .containsExactly("allocations over 1 µs, percent");
    }

    private static List<Verdict> verdicts(Fault fault) {
        List<JsonObject> runs = run(TestConfigs.of(1, 0, 1, fault, "small_pool"));
        return new AllocGates(false, OptionalLong.of(100_000), OptionalDouble.of(2)).verdicts(runs);
    }

    @Test
    void aRefusedAllocationEndsTheRunAndSaysSo() {
        AllocConfig config = TestConfigs.of(0, 0, 1, Fault.NONE, "small_pool");
        AllocConfig small =
                new AllocConfig(
                        config.allocators(),
                        config.allocatorOptions(),
                        2,
                        2L << 20,
                        "256",
                        100_000,
                        0,
                        0,
                        config.pin(),
                        1,
                        1,
                        config.measured(),
                        config.warmup(),
                        config.slice(),
                        1,
                        Fault.NONE);
        JsonObject outcome = new AllocRun(small, new RunControl(), _ -> {}).execute();

        assertThat(outcome.text("failure")).contains("an allocation was refused");
        assertThat(outcome.objects("runs")).isEmpty();
    }

    @Test
    void anInterruptEndsTheRunBetweenTurns() {
        RunControl control = new RunControl();
        control.interrupt();
        JsonObject outcome =
                new AllocRun(TestConfigs.of(0, 0, 1, Fault.NONE, "small_pool"), control, _ -> {})
                        .execute();

        assertThat(outcome.isTrue("interrupted")).isTrue();
        assertThat(outcome.objects("runs")).isEmpty();
    }

    @Test
    void theConfigurationSurvivesTheWayToTheMeasuringProcess() {
        AllocConfig config = TestConfigs.of(0.25, 3, 7, Fault.LATE_DRAIN, "small_pool");

        assertThat(AllocConfigCodec.decode(AllocConfigCodec.encode(config))).isEqualTo(config);
    }

    @Test
    void copiesOfCodeShareNothing() {
        Cells<?> one =
                new OwnCode(PoolCells.class).instance(Cells.class, new Object[] {null, null});
        Cells<?> other =
                new OwnCode(PoolCells.class).instance(Cells.class, new Object[] {null, null});

        assertThat(one.getClass()).isNotEqualTo(other.getClass()).isNotEqualTo(PoolCells.class);
    }

    @Test
    void samplesOfLongRunsAreThinnedOut() {
        Residence residence = new Residence();
        for (int turn = 0; turn < 1_000; turn++) {
            residence.begin();
            residence.end(true);
        }
        List<Long> times = new ArrayList<>();
        residence.samples().forEach(sample -> times.add(sample.nanos()));

        assertThat(times).isSorted().hasSizeBetween(60, 120);
    }

    private static List<JsonObject> run(AllocConfig config) {
        JsonObject outcome = new AllocRun(config, new RunControl(), _ -> {}).execute();
        assertThat(outcome.find("failure")).isNull();
        return outcome.objects("runs");
    }
}
