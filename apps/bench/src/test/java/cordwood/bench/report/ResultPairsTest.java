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

/** What a comparison is given, and what it says: the same, swapped, and each difference. */
class ResultPairsTest {

    private static final String RESULT =
            """
            {"schema": 1, "tool": "cordwood", "version": "0.1.0", "command": "write-throughput",
             "interrupted": false, "failure": null, "runs": [],
             "environment": {"jdk": "Temurin 25", "jvm_flags": "-Xmx1g", "cpu": "6502", "cores": 2,
               "memory_bytes": 1000, "kernel": "Linux 6", "filesystem": "ext4", "mount": "/dev/a on /"}}
            """;

    private static final String RUN =
            """
            {"store": "lsm", "allocator": "small_pool", "durability": "DURABLE", "void": false,
             "interrupted": false, "failure": null,
             "config": {"durability": "DURABLE", "in_flight": 1, "payload": "generated",
               "payload_size": 512, "entropy": 1.0, "key_style": "none", "records_per_batch": 10,
               "num_loglets": 1, "num_records": 1000, "duration_seconds": null, "warmup_records": 0,
               "warmup_seconds_min": 1.0, "memory_budget_bytes": 64, "engine_options": {},
               "allocator_options": {}},
             "records": 1000, "records_per_second": 100.0, "latency_us": {"p50": 10.0, "p99": 20.0},
             "memory": {"rss_peak_bytes": 1000},
             "io": {"write_amplification": 2.0, "stall_seconds": 0.0,
               "floor_write_mb_per_second": 100.0, "floor_sync_us": 50.0}}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // changed in the second | to | verdict on it: forbidden, noted, or none
                "command | alloc | forbidden: command (write-throughput and alloc)",
                "runs.durability | WRITTEN | forbidden: durability (DURABLE and WRITTEN)",
                "runs.config.durability | WRITTEN | forbidden: durability asked for (DURABLE and WRITTEN)",
                "runs.config.in_flight | 32 | forbidden: in_flight (1 and 32)",
                "runs.config.payload_size | 64 | forbidden: payload_size (512 and 64)",
                "environment.cpu | Z80 | forbidden: cpu (6502 and Z80)",
                "environment.cores | 4 | forbidden: cores (2 and 4)",
                "environment.memory_bytes | 2000 | forbidden: memory_bytes (1,000 and 2,000)",
                "environment.filesystem | xfs | forbidden: filesystem (ext4 and xfs)",
                "environment.mount | /dev/b on / | forbidden: mount (/dev/a on / and /dev/b on /)",
                "runs.io.floor_sync_us | 60.0 | forbidden: floor_sync_us (50 and 60)",
                "runs.io.floor_sync_us | 55.0 | nothing",
                "environment.jdk | Other 26 | noted: jdk (Temurin 25 and Other 26)",
                "environment.jvm_flags | -Xmx2g | noted: jvm_flags (-Xmx1g and -Xmx2g)",
                "environment.kernel | Linux 7 | noted: kernel (Linux 6 and Linux 7)",
                "environment.git | abc | noted: git (- and abc)",
                "environment.memory_bytes | - | noted: memory_bytes (1,000 and -)",
                "runs.config.engine_options.disable-wal-fsync | true | noted: disable-wal-fsync (- and true)",
                "runs.config.num_records | 2000 | noted: num_records (1,000 and 2,000)",
                "runs.config.duration_seconds | 5.0 | noted: duration_seconds (- and 5)",
                "runs.config.warmup_records | 100 | noted: warmup_records (0 and 100)",
                "runs.config.warmup_seconds_min | 2.0 | noted: warmup_seconds_min (1 and 2)",
                "runs.config.memory_budget_bytes | 128 | noted: memory_budget_bytes (64 and 128)",
                "runs.config.num_loglets | 8 | noted: num_loglets (1 and 8)",
                "runs.config.shards | 4 | noted: shards (- and 4)",
                "runs.config.measure_floor | true | noted: measure_floor (- and true)",
                "runs.config.raw_statistics | true | noted: raw_statistics (- and true)",
                "runs.config.report_interval_seconds | 9.0 | noted: report_interval_seconds (- and 9)",
                "runs.config.bare | true | noted: bare (- and true)",
                "runs.config.loop | open | noted: loop (- and open)",
                "runs.config.of_a_later_bench | 7 | noted: of_a_later_bench (- and 7)",
                "runs.config.allocator_options.of.dots | 7 | noted: of.dots (- and 7)",
                "runs.config.payload_checksum | 7 | noted: payload_checksum (- and 7)",
                "runs.io.floor_sync_us | - | noted: floor_sync_us (50 and -)",
                "runs.io.floor_write_mb_per_second | - | noted: floor_write_mb_per_second (100 and -)",
                "runs.config.dir | /elsewhere | nothing",
                "runs.config.seed | 7 | nothing",
                "runs.config.warmup_written_records | 7 | nothing",
            })
    void eachDifferenceForbidsOrIsNoted(String path, String value, String said) {
        JsonObject changed = result(100, 100, 100);
        set(changed, path, value);
        ResultComparison forth = new ResultComparison(result(100, 100, 100), changed);
        ResultComparison back = new ResultComparison(changed, result(100, 100, 100));
        String line = said.substring(said.indexOf(':') + 1).strip();
        if (said.startsWith("forbidden")) {
            assertThat(forth.differences()).containsExactly(line);
            assertThat(back.differences()).hasSize(1);
        } else {
            assertThat(forth.differences()).isEmpty();
            assertThat(back.differences()).isEmpty();
            if (said.equals("nothing")) {
                assertThat(forth.notes()).isEmpty();
            } else {
                assertThat(forth.notes()).containsExactly("they differ in " + line);
                assertThat(back.notes()).hasSize(1);
            }
        }
    }

    @Test
    void otherBytesOfOtherSeedsAreNotNoted() {
        JsonObject changed = result(100);
        set(changed, "runs.config.seed", "7");
        set(changed, "runs.config.payload_checksum", "7");
        assertThat(new ResultComparison(result(100), changed).notes()).isEmpty();
        assertThat(new ResultComparison(changed, result(100)).notes()).isEmpty();
    }

    @Test
    void floorOfRunsThatDidNotWriteIsNotMissed() {
        JsonObject idle = result(100);
        set(idle, "runs.io.write_amplification", "0");
        assertThat(new ResultComparison(result(100), idle).notes()).isEmpty();
        assertThat(new ResultComparison(idle, result(100)).notes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "in_flight, 32, in_flight, 1",
        "durability, WRITTEN, durability asked for, DURABLE",
    })
    void runsOfOneFileThatDifferForbid(String key, String value, String name, String others) {
        JsonObject mixed = result(100, 100, 100);
        mixed.objects("runs")
                .getLast()
                .object("config")
                .put(key, key.equals("in_flight") ? (Object) Long.valueOf(value) : value);
        JsonObject alike = result(100, 100, 100);
        String both = "%s, %s".formatted(others, value);
        assertThat(new ResultComparison(alike, mixed).differences())
                .containsExactly("%s (%s and %s)".formatted(name, others, both));
        assertThat(new ResultComparison(mixed, alike).differences())
                .containsExactly("%s (%s and %s)".formatted(name, both, others));
        assertThat(new ResultComparison(mixed, mixed).differences())
                .containsExactly("%s (%s and %s)".formatted(name, both, both));
    }

    private static void set(JsonObject result, String path, String text) {
        Object value =
                switch (text) {
                    case String number when number.matches("\\d+") -> Long.valueOf(number);
                    case String number when number.matches("\\d+\\.\\d+") -> Double.valueOf(number);
                    case String other -> other;
                };
        boolean isOfRuns = path.startsWith("runs.");
        List<JsonObject> objects = isOfRuns ? result.objects("runs") : List.of(result);
        String within = isOfRuns ? path.substring("runs.".length()) : path;
        int dot = within.lastIndexOf('.');
        for (JsonObject object : objects) {
            String options = "config.allocator_options";
            if (within.startsWith(options)) {
                dot = options.length();
            }
            JsonObject holder = dot < 0 ? object : object.object(within.substring(0, dot));
            holder.put(within.substring(dot + 1), text.equals("-") ? null : value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100, within noise, within noise",
        "100, 102, within noise, within noise",
        "100, 98.1, within noise, within noise",
        "100, 102.1, faster, slower",
        "100, 98, slower, faster",
        "100, 200, faster, slower",
    })
    void swappedResultsGiveTheMirroredVerdict(
            double first, double second, String forth, String back) {
        JsonObject before = result(first, first, first);
        JsonObject after = result(second, second, second);
        assertThat(verdict(before, after, "records_per_second")).isEqualTo(forth);
        assertThat(verdict(after, before, "records_per_second")).isEqualTo(back);
    }

    @ParameterizedTest
    @CsvSource({
        "0 0 0, 1 1 1, slower, faster",
        "0 0 0, 0 0 0, within noise, within noise",
        "0 0 0, 0 1 2, within noise, within noise",
        "0, 1, slower, faster",
        "1 1 1, 2 2 2, slower, faster",
    })
    void stallsThatWereNoneBeforeHaveAVerdict(
            String first, String second, String forth, String back) {
        assertThat(verdict(stalled(first), stalled(second), "stall_seconds")).isEqualTo(forth);
        assertThat(verdict(stalled(second), stalled(first), "stall_seconds")).isEqualTo(back);
    }

    private static JsonObject stalled(String seconds) {
        String[] each = seconds.split(" ");
        JsonObject result = result(new double[each.length]);
        for (int i = 0; i < each.length; i++) {
            result.objects("runs")
                    .get(i)
                    .object("io")
                    .put("stall_seconds", Double.valueOf(each[i]));
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"void, true", "interrupted, true", "failure, disk full"})
    void runsThatAreUnfitGetNoVerdictAndFallShortOfGates(String key, String value) {
        JsonObject unfit = result(100, 100, 100);
        for (JsonObject run : unfit.objects("runs").subList(0, 2)) {
            run.put(key, value.equals("true") ? (Object) true : value);
        }
        JsonObject fit = result(200, 200, 200);
        for (ResultComparison comparison :
                List.of(new ResultComparison(unfit, fit), new ResultComparison(fit, unfit))) {
            assertThat(comparison.tables()).doesNotContain("faster", "slower", "noise");
            assertThat(comparison.notes()).singleElement().asString().contains("no verdict on lsm");
            assertThat(comparison.failures(List.of(Gate.parse("p50>+1000%"))))
                    .singleElement()
                    .asString()
                    .contains("fell short");
        }
    }

    @Test
    void fewUnfitRunsAreLeftOut() {
        JsonObject result = result(100, 100, 5_000);
        result.objects("runs").get(2).put("interrupted", true);
        result.put("interrupted", true);
        ResultComparison comparison = new ResultComparison(result(100, 100, 100), result);
        assertThat(comparison.tables()).contains("within noise").doesNotContain("faster");
        assertThat(comparison.notes()).containsExactly("the second file's bench was interrupted");
    }

    @Test
    void storeThatOneSideLacksFallsShortOfGates() {
        JsonObject both = result(100, 100);
        List<Object> runs = new ArrayList<>(both.objects("runs"));
        runs.add(Json.read(RUN).put("store", "rocksdb").put("repeat", 1));
        both.put("runs", runs);
        List<Gate> gates = List.of(Gate.parse("p50>+10%"));
        ResultComparison gone = new ResultComparison(both, result(100, 100));
        ResultComparison come = new ResultComparison(result(100, 100), both);
        assertThat(gone.failures(gates))
                .containsExactly("the gates fell short: the second file has no runs of rocksdb");
        assertThat(come.failures(gates))
                .containsExactly("the gates fell short: the first file has no runs of rocksdb");
        assertThat(gone.notes()).containsExactly("the second file has no runs of rocksdb");
        assertThat(gone.failures(List.of())).isEmpty();
    }

    @Test
    void figureThatOneSideLacksFallsShortOfGates() {
        JsonObject lacking = result(100, 100);
        set(lacking, "runs.io.write_amplification", "-");
        for (String gate : List.of("write_amplification>+1000%", "write_amplification<-100%")) {
            List<Gate> gates = List.of(Gate.parse(gate));
            assertThat(new ResultComparison(lacking, result(100, 100)).failures(gates)).hasSize(1);
            assertThat(new ResultComparison(result(100, 100), lacking).failures(gates)).hasSize(1);
        }
    }

    @Test
    void resultsThatShareNoStoreAreRefused() {
        JsonObject both = result(100);
        List<Object> runs = new ArrayList<>(both.objects("runs"));
        runs.add(Json.read(RUN).put("store", "noop").put("repeat", 1));
        both.put("runs", runs);
        JsonObject other = result(100);
        other.objects("runs").getFirst().put("store", "rocksdb");
        assertThatThrownBy(() -> new ResultComparison(both, other))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("nothing to compare");
    }

    private static String verdict(JsonObject before, JsonObject after, String figure) {
        String row =
                new ResultComparison(before, after)
                        .tables()
                        .lines()
                        .filter(line -> line.startsWith("| " + figure + " "))
                        .findFirst()
                        .orElseThrow();
        String[] cells = row.split("\\|");
        return cells[cells.length - 1].strip();
    }

    private static JsonObject result(double... recordsPerSecond) {
        JsonObject result = Json.read(RESULT);
        List<Object> runs = new ArrayList<>();
        for (int i = 0; i < recordsPerSecond.length; i++) {
            runs.add(
                    Json.read(RUN)
                            .put("repeat", i + 1)
                            .put("records_per_second", recordsPerSecond[i]));
        }
        return result.put("runs", runs);
    }
}
