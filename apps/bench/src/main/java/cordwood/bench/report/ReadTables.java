package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.Locale;

/** What the tables of a run of {@code read-throughput} have of their own. */
final class ReadTables {

    private ReadTables() {}

    /** Whether a run, or what one is asked to be, is of reads. */
    static boolean isOfReads(JsonObject run) {
        return run.has("config.workload");
    }

    /** What was asked of a run, in one line. */
    static String header(JsonObject run) {
        JsonObject config = run.object("config");
        String workload = workload(config);
        return String.format(
                Locale.ROOT,
                "%s, %s, %s, %s, %s",
                run.text("store"),
                workload,
                config.text("order"),
                RunTables.count(config.whole("readers"), "reader"),
                config.isTrue("cold") ? "cold" : "warm");
    }

    private static String workload(JsonObject config) {
        return switch (config.text("workload")) {
            case "range" -> "ranges of " + RunTables.count(config.whole("range"), "record");
            case "last" -> "last " + RunTables.count(config.whole("range"), "record");
            case "follow" ->
                    "following a writer (%s, %d in flight, closed loop)"
                            .formatted(
                                    config.text("durability").toLowerCase(Locale.ROOT),
                                    config.whole("in_flight"));
            case String _ -> "whole streams";
        };
    }

    /** What was read, and how fast. */
    static String throughput(JsonObject run) {
        JsonObject config = run.object("config");
        return new Tables.Rows()
                .add("store", run.text("store"))
                .add("workload", workload(config))
                .add("order", config.text("order"))
                .number("readers", run, "config.readers")
                .add("caches", config.isTrue("cold") ? "cold" : "warm")
                .number("streams held", run, "config.held_streams")
                .number("records held", run, "config.held_records")
                .number("records read and compared", run, "records")
                .number("reads", run, "batches")
                .number("wall, s", run, "wall_seconds")
                .number("records/s", run, "records_per_second")
                .number("reads/s", run, "batches_per_second")
                .number("payload MB/s", run, "payload_mb_per_second")
                .number("records per read", run, "read.records_per_read")
                .number("block look-ups per read", run, "read.block_lookups_per_read")
                .number("of these past the cache", run, "read.block_misses_per_read")
                .numberIfAny(
                        "a batch of the writer, p50 us", run, "operations.write.latency_us.p50")
                .numberIfAny(
                        "a batch of the writer, p99 us", run, "operations.write.latency_us.p99")
                .numberIfAny("processor floor, ns", run, "cpu.floor_step_ns")
                .numberIfAny("disk floor, cold, MB/s", run, "io.floor_read_mb_per_second")
                .numberIfAny("disk floor, cold 4 KiB, us", run, "io.floor_read_us")
                .table("Reads");
    }
}
