package cordwood.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.report.AllocGates.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AllocGatesTest {

    private static final AllocGates ALL =
            new AllocGates(true, OptionalLong.of(100), OptionalDouble.of(1));

    @Test
    void localPromisesAreRatiosOfMedians() {
        List<JsonObject> runs = new ArrayList<>();
        for (double noise : List.of(1.0, 0.1, 10.0)) { // the median is what counts
            runs.add(run("small_pool", 0, 61 * noise, 1, 1));
            runs.add(run("system-bare", 0, 50 * noise, 1, 1));
            runs.add(run("mimalloc-bare", 0, 100 * noise, 1, 1));
            runs.add(run("arena", 0, 12 * noise, 1, 1));
            runs.add(run("netty-pooled", 0, 31 * noise, 1, 1));
        }

        assertThat(ALL.verdicts(runs))
                .filteredOn(verdict -> verdict.gate().startsWith("cells/s"))
                .extracting(Verdict::gate, Verdict::holds)
                .containsExactly(
                        tuple("cells/s, of system-bare's", true),
                        tuple("cells/s, of mimalloc-bare's", false),
                        tuple("cells/s, of arena's", true),
                        tuple("cells/s, of netty-pooled's", false));
    }

    @Test
    void remotePromisesAreAboutTails() {
        List<JsonObject> runs =
                List.of(
                        run("small_pool", 1, 80, 0.0699, 0.2),
                        run("system", 1, 10, 0.1, 0.3),
                        run("system-bare", 1, 10, 0.099, 0.24),
                        run("mimalloc", 1, 100, 0.05, 0.201),
                        run("mimalloc-bare", 1, 101, 0.05, 0.2));

        assertThat(ALL.verdicts(runs))
                .filteredOn(verdict -> !verdict.holds())
                .extracting(Verdict::gate)
                .containsExactly(
                        "p99 of an allocation, of system-bare's",
                        "p999 of an allocation, of system-bare's",
                        "cells/s, of mimalloc-bare's",
                        "p999 of an allocation, of mimalloc-bare's");
    }

    @Test
    void boundsOfItsOwnAreHeldToo() {
        JsonObject run = run("small_pool", 0, 1, 1, 1);
        assertThat(ALL.verdicts(List.of(run))).hasSize(4).allMatch(Verdict::holds);

        run.object("alloc")
                .put("deferred_max", 101)
                .put("contention_percent", 1.1)
                .put("rss_drift_percent", -10.5);
        run.object("latency_us").put("p9999", 1_001);
        assertThat(ALL.verdicts(List.of(run))).hasSize(4).noneMatch(Verdict::holds);

        run.object("alloc").put("deferred_max", null);
        assertThat(
                        new AllocGates(false, OptionalLong.of(100), OptionalDouble.empty())
                                .verdicts(List.of(run)))
                .as("a figure that cannot be had does not hold")
                .hasSize(1)
                .noneMatch(Verdict::holds);
    }

    @Test
    void theLongestAllocationsAreNotHeldToABoundWhereThreadsWaitForCores() {
        JsonObject run = run("small_pool", 0, 1, 1, 1);
        run.object("config").put("readers", 100_000);
        assertThat(ALL.verdicts(List.of(run)))
                .extracting(Verdict::gate)
                .noneMatch(gate -> gate.startsWith("p9999"));
    }

    @Test
    void gatesWithoutThePoolAreRefused() {
        assertThatThrownBy(() -> ALL.requireApplicable(List.of("system")))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("--gate: it is small_pool that is held");
        new AllocGates(false, OptionalLong.empty(), OptionalDouble.empty())
                .requireApplicable(List.of("system"));
    }

    @Test
    void boundsArePrinted() {
        assertThat(ALL.describe())
                .contains("resident memory ±10 %", "deferred cells at most 100")
                .contains("over 1 µs at most 1");
    }

    private static JsonObject run(
            String store, double remoteShare, double rate, double p99, double p999) {
        return new JsonObject()
                .put("store", store)
                .put("repeat", 1)
                .put("void", false)
                .put(
                        "config",
                        new JsonObject()
                                .put("remote_share", remoteShare)
                                .put("concurrency", 1)
                                .put("readers", 0))
                .put("records_per_second", rate)
                .put(
                        "latency_us",
                        new JsonObject().put("p99", p99).put("p999", p999).put("p9999", 1_000))
                .put(
                        "alloc",
                        new JsonObject()
                                .put("deferred_max", 100)
                                .put("contention_percent", 1.0)
                                .put("rss_drift_percent", 10.0));
    }
}
