package cordwood.bench.read;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.PageCache;
import cordwood.bench.run.ConfigCodec;
import cordwood.bench.run.RunConfig;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * One measured run of {@code read-throughput}, everything resolved.
 *
 * @param engine the engine's name
 * @param store where the store is, and how the engine opens it
 * @param kind what readers do
 * @param rangeRecords records of a narrow read, 1 to {@link #RANGE_MAX}
 * @param order in which they are read
 * @param readers threads that read, 1 to {@link #READERS_MAX}
 * @param cold whether store and page cache are emptied before what is measured
 * @param recordCount records to read and measure, or that a followed writer writes; 0 where {@code
 *     duration} ends the run, or a scan that has read everything once
 * @param duration how long to read and measure, or zero
 * @param warmupTime how long is read before, not measured
 * @param writer who writes what is followed
 * @param seed from which places are drawn
 * @param reportInterval how often a progress line appears
 * @param measureFloor whether processor, and disk where it matters, are measured alone first
 * @param statistics whether the engine's own statistics are wanted at the end
 */
public record ReadThroughputConfig(
        String engine,
        StoreOptions store,
        ReadKind kind,
        long rangeRecords,
        Order order,
        int readers,
        boolean cold,
        long recordCount,
        Duration duration,
        Duration warmupTime,
        FollowedWriter writer,
        long seed,
        Duration reportInterval,
        boolean measureFloor,
        boolean statistics)
        implements RunConfig {

    /** The key that tells such a configuration from one of {@code write-throughput}. */
    public static final String KIND_KEY = "workload";

    /** Most threads that read. */
    public static final int READERS_MAX = 256;

    /** Most records of a narrow read. */
    public static final long RANGE_MAX = 1_000_000_000;

    /**
     * Who writes what is followed.
     *
     * @param durability what each batch must survive before it is acknowledged
     * @param inFlight batches under way
     * @param recordsPerSecond most records a second, 0 for as fast as they are taken
     */
    public record FollowedWriter(Durability durability, int inFlight, long recordsPerSecond) {
        /** Checks the ranges. */
        public FollowedWriter {
            if (inFlight < 1 || inFlight > WriteThroughputConfig.IN_FLIGHT_MAX) {
                throw BenchException.usage(
                        "%d batches in flight is outside 1 to %d"
                                .formatted(inFlight, WriteThroughputConfig.IN_FLIGHT_MAX));
            }
            if (recordsPerSecond < 0) {
                throw BenchException.usage("a rate cannot be negative");
            }
        }
    }

    /** Checks the ranges, and what fits together. */
    public ReadThroughputConfig {
        if (rangeRecords < 1 || rangeRecords > RANGE_MAX) {
            throw BenchException.usage(
                    "a range of %d records is outside 1 to %d".formatted(rangeRecords, RANGE_MAX));
        }
        if (readers < 1 || readers > READERS_MAX) {
            throw BenchException.usage(
                    "%d readers is outside 1 to %d".formatted(readers, READERS_MAX));
        }
        if (recordCount < 0 || duration.isNegative() || warmupTime.isNegative()) {
            throw BenchException.usage("records, warm-up and duration cannot be negative");
        }
        if (kind == ReadKind.SCAN && recordCount > 0) {
            throw BenchException.usage(
                    "a scan reads every record once: give a duration for more, and no number");
        }
        if (kind != ReadKind.SCAN && (recordCount == 0) == duration.isZero()) {
            throw BenchException.usage("give the records to read or a duration, and not both");
        }
        if (kind == ReadKind.FOLLOW && (order == Order.BACKWARD || cold)) {
            throw BenchException.usage(
                    "a writer is followed forward, and what it has just written is never cold");
        }
        if (reportInterval.compareTo(WriteThroughputConfig.REPORT_INTERVAL_MIN) < 0) {
            throw BenchException.usage(
                    "a report interval under %d ms"
                            .formatted(WriteThroughputConfig.REPORT_INTERVAL_MIN.toMillis()));
        }
    }

    /**
     * Refuses what this process may not do.
     *
     * @throws BenchException of kind usage
     */
    public void requirePermitted() {
        if (cold) {
            new PageCache().requireDroppable();
        }
    }

    /** Whether time ends the run. */
    boolean isTimed() {
        return !duration.isZero();
    }

    @Override
    public String command() {
        return "read-throughput";
    }

    @Override
    public String label() {
        return engine;
    }

    @Override
    public boolean needsOwnDirectory() {
        return false;
    }

    @Override
    public ReadThroughputConfig in(Path directory) {
        return new ReadThroughputConfig(
                engine,
                store.at(directory),
                kind,
                rangeRecords,
                order,
                readers,
                cold,
                recordCount,
                duration,
                warmupTime,
                writer,
                seed,
                reportInterval,
                measureFloor,
                statistics);
    }

    @Override
    public JsonObject toJson() {
        boolean follows = kind == ReadKind.FOLLOW;
        JsonObject json =
                new JsonObject()
                        .put("store", engine)
                        .put("dir", directory().toString())
                        .put(KIND_KEY, kind.key())
                        .put("range", kind.isNarrow() ? rangeRecords : null)
                        .put("order", order.name().toLowerCase(Locale.ROOT))
                        .put("readers", readers)
                        .put("cold", cold)
                        .put("num_records", recordCount == 0 ? null : recordCount)
                        .put("duration_seconds", isTimed() ? ConfigCodec.seconds(duration) : null)
                        .put("warmup_seconds_min", ConfigCodec.seconds(warmupTime))
                        .put("durability", follows ? writer.durability().name() : null)
                        .put("in_flight", follows ? writer.inFlight() : null)
                        .put(
                                "rate",
                                writer.recordsPerSecond() == 0 ? null : writer.recordsPerSecond())
                        .put("loop", "closed")
                        .put("place_seed", seed)
                        .put("memory_budget_bytes", store.memoryBudgetBytes())
                        .put("report_interval_seconds", ConfigCodec.seconds(reportInterval))
                        .put("measure_floor", measureFloor)
                        .put("raw_statistics", statistics);
        return ConfigCodec.encodeOptions(store, json);
    }

    /**
     * Reads a configuration back.
     *
     * @throws JsonException when something is missing or of another kind
     */
    public static ReadThroughputConfig decode(JsonObject json) {
        return new ReadThroughputConfig(
                json.text("store"),
                ConfigCodec.decodeStore(json),
                ReadKind.valueOf(json.text(KIND_KEY).toUpperCase(Locale.ROOT)),
                json.has("range") ? json.whole("range") : 1,
                Order.valueOf(json.text("order").toUpperCase(Locale.ROOT)),
                Math.toIntExact(json.whole("readers")),
                json.isTrue("cold"),
                json.has("num_records") ? json.whole("num_records") : 0,
                json.has("duration_seconds")
                        ? ConfigCodec.duration(json.number("duration_seconds"))
                        : Duration.ZERO,
                ConfigCodec.duration(json.number("warmup_seconds_min")),
                new FollowedWriter(
                        json.has("durability")
                                ? Durability.valueOf(json.text("durability"))
                                : Durability.DURABLE,
                        json.has("in_flight") ? Math.toIntExact(json.whole("in_flight")) : 1,
                        json.has("rate") ? json.whole("rate") : 0),
                json.whole("place_seed"),
                ConfigCodec.duration(json.number("report_interval_seconds")),
                json.isTrue("measure_floor"),
                json.isTrue("raw_statistics"));
    }
}
