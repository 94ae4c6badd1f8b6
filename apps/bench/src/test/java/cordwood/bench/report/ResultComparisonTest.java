package cordwood.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultComparisonTest {

    @Test
    void changeBeyondTheSpreadIsFasterOrSlower() {
        String table =
                new ResultComparison(result("lsm", 100, 101, 99), result("lsm", 120, 119, 121))
                        .tables();
        assertThat(line(table, "records_per_second")).contains("+20.0 %", "faster", "100 ±1 %");
        assertThat(line(table, "p99")).contains("+20.0 %", "slower");
        assertThat(line(table, "rss_peak_bytes")).contains("+0.0 %", "within noise");
    }

    @Test
    void changeWithinTheSpreadIsNoise() {
        String table =
                new ResultComparison(result("lsm", 100, 80, 120), result("lsm", 115, 114, 116))
                        .tables();
        assertThat(line(table, "records_per_second")).contains("+15.0 %", "within noise");
    }

    @Test
    void singleRunsNeedALargerChange() {
        assertThat(
                        line(
                                new ResultComparison(result("lsm", 100), result("lsm", 109))
                                        .tables(),
                                "records_per_second"))
                .contains("within noise");
        assertThat(
                        line(
                                new ResultComparison(result("lsm", 100), result("lsm", 80))
                                        .tables(),
                                "records_per_second"))
                .contains("slower");
    }

    @ParameterizedTest
    @CsvSource({
        "p99>+10%, false",
        "p99>+25%, true",
        "p99 > 10 %, false",
        "p99<-5%, true",
        "records_per_second<-5%, true",
        "records_per_second<+30%, false",
        "RECORDS_PER_SECOND>+19.9%, false",
        "wal_bytes_of_no_run>+1%, unknown",
        "stall_seconds>+0%, true",
        "space_amplification>+10%, false",
    })
    void gatesHoldOrFallShort(String text, String holds) {
        ResultComparison comparison =
                new ResultComparison(result("lsm", 100, 101, 99), result("lsm", 120, 119, 121));
        if (holds.equals("unknown")) {
            assertThatThrownBy(() -> Gate.parse(text))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("no figure");
            return;
        }
        assertThat(comparison.failures(List.of(Gate.parse(text))).isEmpty())
                .isEqualTo(Boolean.valueOf(holds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p99", "p99>", "p99>ten%", "p99>10", "p99=10%", "p99>10%,p50>1%"})
    void whatIsNoGateIsRefused(String text) {
        assertThatThrownBy(() -> Gate.parse(text))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("is not a gate");
    }

    @Test
    void unknownFigureNamesTheNearest() {
        assertThatThrownBy(() -> Gate.parse("p9999x>+1%")).hasMessageContaining("p9999");
    }

    @ParameterizedTest
    @CsvSource({
        "runs, durability, WRITTEN, durability (DURABLE and WRITTEN)",
        "config, in_flight, 32, in_flight (1 and 32)",
        "config, payload_size, 64, payload_size (512 and 64)",
        "config, entropy, 0.5, entropy (1 and 0.500)",
        "config, key_style, pair, key_style (none and pair)",
        "config, records_per_batch, 20, records_per_batch (10 and 20)",
        "config, payload, input, payload (generated and input)",
        "environment, cpu, Z80, cpu (6502 and Z80)",
        "environment, cores, 4, cores (2 and 4)",
        "environment, filesystem, xfs, filesystem (ext4 and xfs)",
    })
    void whatMustAgreeIsNamedWhereItDiffers(String where, String key, String value, String said) {
        JsonObject other = result("lsm", 100);
        JsonObject changed =
                switch (where) {
                    case "runs" -> other.objects("runs").getFirst();
                    case "config" -> other.objects("runs").getFirst().object("config");
                    default -> other.object("environment");
                };
        changed.put(key, value.matches("\\d+") ? Long.valueOf(value) : decimalOr(value));
        assertThat(new ResultComparison(result("lsm", 100), other).differences()).contains(said);
        assertThat(new ResultComparison(result("lsm", 100), result("lsm", 1)).differences())
                .isEmpty();
    }

    private static Object decimalOr(String value) {
        return value.matches("\\d+\\.\\d+") ? (Object) Double.valueOf(value) : value;
    }

    @Test
    void filesAreToldApartByTheirBytes() {
        JsonObject first = fromInput(1);
        JsonObject second = fromInput(2);
        assertThat(new ResultComparison(first, fromInput(1)).differences()).isEmpty();
        assertThat(new ResultComparison(first, second).differences())
                .containsExactly("payload_checksum (1 and 2)");
    }

    private static JsonObject fromInput(long checksum) {
        JsonObject result = result("lsm", 100);
        result.objects("runs")
                .getFirst()
                .object("config")
                .put("payload", "input")
                .put("payload_checksum", checksum);
        return result;
    }

    @Test
    void otherDifferencesAreNotes() {
        JsonObject other = result("lsm", 100);
        other.objects("runs").getFirst().object("config").put("num_loglets", 8);
        ResultComparison comparison = new ResultComparison(result("lsm", 100), other);
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.notes()).containsExactly("they differ in num_loglets (1 and 8)");
    }

    @Test
    void storesPairByNameAndTwoLoneOnesWithEachOther() {
        assertThat(new ResultComparison(result("lsm", 100), result("rocksdb", 50)).tables())
                .contains("lsm, durable / rocksdb, durable");
        JsonObject two = result("lsm", 100);
        List<Object> runs = new ArrayList<>(two.objects("runs"));
        runs.addAll(result("noop", 100).objects("runs"));
        two.put("runs", runs);
        assertThatThrownBy(() -> new ResultComparison(two, result("rocksdb", 50)))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("nothing to compare");
    }

    @Test
    void voidRunsAreLeftOut() {
        JsonObject result = result("lsm", 100, 100, 1_000);
        result.objects("runs").get(2).put("void", true);
        assertThat(new Comparison(result.objects("runs")).toJson().number("p50.lsm"))
                .isEqualTo(100);
        assertThat(new Comparison(result.objects("runs")).runs("lsm")).hasSize(2);
    }

    @Test
    void mediansAndSpreads() {
        Spread spread =
                Spread.of(Figure.RECORDS_PER_SECOND, result("x", 4, 1, 2, 3).objects("runs"));
        assertThat(spread).isEqualTo(new Spread(2.5, 1, 4, 4));
        assertThat(spread.relative()).isEqualTo(0.6);
        assertThat(Spread.of(Figure.RECORDS_PER_SECOND, List.of()).count()).isZero();
    }

    private static String line(String table, String figure) {
        return table.lines()
                .filter(line -> line.startsWith("| " + figure + " "))
                .findFirst()
                .orElseThrow();
    }

    /** A result whose runs have one number for throughput and latency. */
    private static JsonObject result(String store, double... figures) {
        List<Object> runs = new ArrayList<>();
        for (int i = 0; i < figures.length; i++) {
            runs.add(
                    Json.read(
                                    """
                                    {"durability": "DURABLE",
                                     "config": {"in_flight": 1, "payload": "generated", "payload_size": 512,
                                       "entropy": 1.0, "key_style": "none", "records_per_batch": 10,
                                       "num_loglets": 1},
                                     "memory": {"rss_peak_bytes": 1000},
                                     "io": {"stall_seconds": 0.0}}
                                    """)
                            .put("store", store)
                            .put("repeat", i + 1)
                            .put("records_per_second", figures[i])
                            .put(
                                    "latency_us",
                                    new JsonObject()
                                            .put("p50", figures[i])
                                            .put("p99", figures[i])));
        }
        return new JsonObject()
                .put("schema", 1)
                .put("tool", "cordwood")
                .put("command", "write-throughput")
                .put("runs", runs)
                .put(
                        "environment",
                        new JsonObject()
                                .put("cpu", "6502")
                                .put("cores", 2)
                                .put("filesystem", "ext4"));
    }
}
