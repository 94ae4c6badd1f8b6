package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** The tables at the end of a run, and the line that stands above its figures. */
public final class RunTables {

    private static final List<String> PERCENTILES =
            List.of("p50", "p90", "p95", "p99", "p999", "p9999", "max");

    private RunTables() {}

    /**
     * What was asked of a run, in one line: without durability and in-flight no figure means
     * anything.
     */
    public static String header(JsonObject run) {
        if (ReadTables.isOfReads(run)) {
            return ReadTables.header(run);
        }
        JsonObject config = run.object("config");
        return String.format(
                Locale.ROOT,
                "%s, %s, %s in flight (closed loop), %s",
                run.text("store"),
                durability(run),
                clients(config),
                payload(config));
    }

    /** Who writes: {@code 2 loglets x 3}, or {@code 1,000 streams, skew 0.9, x 3}. */
    private static String clients(JsonObject config) {
        long inFlight = config.whole("in_flight");
        if (!config.has("num_streams")) {
            return "%s x %d".formatted(count(config.whole("num_loglets"), "loglet"), inFlight);
        }
        double skew = config.number("skew");
        return "%s, %s, %d"
                .formatted(
                        count(config.whole("num_streams"), "stream"),
                        skew == 0 ? "in turn" : "skew " + Tables.number(skew),
                        inFlight);
    }

    /**
     * What the acknowledgements of a run were worth, or before it what they are asked to be: {@code
     * written (durable asked)}; empty where nothing is stored. A trim is durable at any level.
     */
    static String durability(JsonObject run) {
        String shown = Tables.text(run.find("durability"));
        String asked = run.has("config.durability") ? run.text("config.durability") : shown;
        String text =
                switch (shown) {
                    case "NONE" -> "";
                    case Tables.NONE -> asked + " asked";
                    case String same when same.equals(asked) -> shown;
                    case String other -> "%s (%s asked)".formatted(other, asked);
                };
        boolean hasSyncs =
                run.has("config.trim_lag") && !text.isEmpty() && !shown.equals("DURABLE");
        return text.toLowerCase(Locale.ROOT) + (hasSyncs ? " (but each trim syncs)" : "");
    }

    private static String payload(JsonObject config) {
        String size =
                config.has("payload_size")
                        ? Tables.number(config.number("payload_size")) + " B x "
                        : "batches of ";
        String source =
                switch (config.text("payload")) {
                    case "file" -> " from payload file " + config.text("payload_file");
                    case "input" -> " from the lines of " + config.text("input");
                    case String _ -> ", entropy " + Tables.text(config.find("entropy"));
                };
        return size + config.whole("records_per_batch") + source;
    }

    static String count(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s", count, noun) + (count == 1 ? "" : "s");
    }

    /** All tables of a run, each ending with a line feed. */
    public static String all(JsonObject run) {
        return String.join(
                "\n",
                ReadTables.isOfReads(run) ? ReadTables.throughput(run) : throughput(run),
                latency(run),
                cpu(run),
                memory(run),
                io(run),
                engine(run),
                "");
    }

    private static String throughput(JsonObject run) {
        JsonObject config = run.object("config");
        Tables.Rows rows =
                new Tables.Rows()
                        .add("store", run.text("store"))
                        .add("durability", durability(run))
                        .numberIfAny("loglets", run, "config.num_loglets")
                        .numberIfAny("streams", run, "config.num_streams")
                        .numberIfAny("skew", run, "config.skew")
                        .add(
                                config.has("num_streams") ? "in flight" : "in flight per loglet",
                                config.whole("in_flight") + " (closed loop)")
                        .numberIfAny("records/s, at most", run, "config.rate")
                        .numberIfAny("trimmed behind the tail", run, "config.trim_lag")
                        .add("payload", payload(config));
        if (config.has("key_style")) {
            rows.add("keys", config.text("key_style"));
        }
        if (config.has("payload_note") && !config.text("payload_note").isEmpty()) {
            rows.add("payload pool", config.text("payload_note"));
        }
        if (config.has("seed")) {
            rows.add("seed", Long.toString(config.whole("seed")));
        }
        if (config.has("continued_at")) {
            rows.number("continued at offset", run, "config.continued_at");
        }
        return rows.number("records", run, "records")
                .number("batches", run, "batches")
                .number("wall, s", run, "wall_seconds")
                .number("records/s", run, "records_per_second")
                .number("batches/s", run, "batches_per_second")
                .number("payload MB/s", run, "payload_mb_per_second")
                .table("Throughput");
    }

    private static String latency(JsonObject run) {
        Tables.Rows rows = new Tables.Rows();
        for (String percentile : PERCENTILES) {
            rows.number(percentile, run, "latency_us." + percentile);
        }
        return rows.number("samples", run, "latency_us.count")
                .table(
                        ReadTables.isOfReads(run)
                                ? "Latency of a read, us"
                                : "Latency of a batch, us");
    }

    private static String cpu(JsonObject run) {
        return new Tables.Rows()
                .number("user, s", run, "cpu.user_seconds")
                .number("system, s", run, "cpu.system_seconds")
                .add(
                        "cores busy, of " + Runtime.getRuntime().availableProcessors(),
                        Tables.number(run.numberOrNaN("cpu.utilisation")))
                .number("garbage collections", run, "cpu.collections")
                .number("collecting, s", run, "cpu.collection_seconds")
                .table("CPU");
    }

    private static String memory(JsonObject run) {
        Tables.Rows rows =
                new Tables.Rows()
                        .megabytes("heap used", run, "memory.heap_used_bytes")
                        .megabytes("heap committed", run, "memory.heap_committed_bytes")
                        .megabytes("off-heap", run, "memory.off_heap_bytes");
        for (String owner : run.object("memory.by_owner").names()) {
            rows.megabytes("  " + owner.replace('_', ' '), run, "memory.by_owner." + owner);
        }
        return rows.megabytes("resident", run, "memory.rss_bytes")
                .megabytes("resident, peak", run, "memory.rss_peak_bytes")
                .table("Memory");
    }

    private static String io(JsonObject run) {
        return new Tables.Rows()
                .number("stalled, s", run, "io.stall_seconds")
                .megabytes("log written", run, "io.wal_bytes")
                .number("log syncs", run, "io.wal_syncs")
                .numberIfAny("batches per group, mean", run, "engine.mean_group_batches")
                .megabytes("flushed", run, "io.flush_bytes")
                .megabytes("compaction read", run, "io.compaction_read_bytes")
                .megabytes("compaction written", run, "io.compaction_write_bytes")
                .megabytes("written to files", run, "io.file_bytes")
                .megabytes("zeros to take room", run, "io.prepared_bytes")
                .megabytes("compaction owed at the start", run, "io.debt_start_bytes")
                .megabytes("compaction owed at the end", run, "io.debt_end_bytes")
                .number("write amplification", run, "io.write_amplification")
                .number("write amplification, steady", run, "io.steady_write_amplification")
                .number("space amplification", run, "io.space_amplification")
                .number("disk floor, MB/s", run, "io.floor_write_mb_per_second")
                .number("disk floor, sync us", run, "io.floor_sync_us")
                .table(
                        ReadTables.isOfReads(run)
                                ? "Engine, meanwhile"
                                : "Engine, after a final flush");
    }

    private static String engine(JsonObject run) {
        Tables.Rows rows = new Tables.Rows();
        JsonObject engine = run.object("engine");
        for (String name : engine.names()) {
            rows.add(name, Tables.text(engine.field(name)));
        }
        return rows.table("All engine figures");
    }
}
