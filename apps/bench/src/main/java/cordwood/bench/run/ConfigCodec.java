package cordwood.bench.run;

import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.payload.KeyStyle;
import cordwood.bench.payload.PayloadSource;
import cordwood.bench.payload.PayloadSpec;
import cordwood.store.AllocatorChoice;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a run as JSON: what a measuring process is given, and the {@code config} of
 * a run in a result file. Keys are the flags' names.
 */
public final class ConfigCodec {

    private ConfigCodec() {}

    /** The configuration as an object. */
    public static JsonObject encode(WriteThroughputConfig config) {
        boolean timed = config.recordCount() == 0;
        WritePattern pattern = config.pattern();
        JsonObject json =
                new JsonObject()
                        .put("store", config.engine())
                        .put("dir", config.directory().toString())
                        .put("durability", config.durability().name())
                        .put("memory_budget_bytes", config.store().memoryBudgetBytes())
                        .put("num_records", timed ? null : config.recordCount())
                        .put("duration_seconds", timed ? seconds(config.duration()) : null)
                        .put("warmup_records", config.warmupRecordCount())
                        .put("warmup_seconds_min", seconds(config.warmupTime()))
                        .put("num_loglets", pattern.isOfStreams() ? null : config.logletCount())
                        .put("num_streams", pattern.isOfStreams() ? pattern.streamCount() : null)
                        .put("skew", pattern.isOfStreams() ? pattern.skew() : null)
                        .put("rate", given(pattern.recordsPerSecond()))
                        .put("trim_lag", given(pattern.trimLagRecords()))
                        .put("in_flight", config.inFlight())
                        .put("loop", "closed")
                        .put("report_interval_seconds", seconds(config.reportInterval()))
                        .put("measure_floor", config.measureFloor())
                        .put("raw_statistics", config.statistics())
                        .put("bare", config.bare());
        encodePayload(config.payload(), json);
        return encodeOptions(config.store(), json);
    }

    private static @Nullable Long given(long count) {
        return count == 0 ? null : count;
    }

    /** Adds the options of engine and allocator. */
    public static JsonObject encodeOptions(StoreOptions store, JsonObject json) {
        JsonObject options = new JsonObject();
        new TreeMap<>(store.engine()).forEach(options::put);
        AllocatorChoice allocator = store.allocator();
        JsonObject allocatorOptions = new JsonObject();
        new TreeMap<>(allocator.options()).forEach(allocatorOptions::put);
        return json.put("engine_options", options)
                .put("allocator", allocator.mode())
                .put("shards", allocator.shards())
                .put("allocator_options", allocatorOptions);
    }

    /** Adds where the records come from. */
    public static void encodePayload(PayloadSource payload, JsonObject json) {
        json.put("records_per_batch", payload.recordsPerBatch());
        switch (payload) {
            case PayloadSource.Generated(PayloadSpec spec) ->
                    json.put("payload", "generated")
                            .put("payload_size", spec.bodyBytes())
                            .put("entropy", spec.entropy())
                            .put("key_style", name(spec.keyStyle()))
                            .put("seed", spec.seed());
            case PayloadSource.FromFile(Path file, int _) ->
                    json.put("payload", "file").put("payload_file", file.toString());
            case PayloadSource.FromLines(Path file, int _, KeyStyle keyStyle, long seed) ->
                    json.put("payload", "input")
                            .put("input", file.toString())
                            .put("key_style", name(keyStyle))
                            .put("seed", seed);
        }
    }

    /**
     * Reads a configuration back.
     *
     * @throws JsonException when something is missing or of another kind
     */
    public static WriteThroughputConfig decode(JsonObject json) {
        return new WriteThroughputConfig(
                json.text("store"),
                decodeStore(json),
                Durability.valueOf(json.text("durability")),
                decodePayload(json),
                json.has("num_records") ? json.whole("num_records") : 0,
                json.has("duration_seconds")
                        ? duration(json.number("duration_seconds"))
                        : Duration.ZERO,
                json.whole("warmup_records"),
                duration(json.number("warmup_seconds_min")),
                json.has("num_loglets") ? Math.toIntExact(json.whole("num_loglets")) : 1,
                Math.toIntExact(json.whole("in_flight")),
                duration(json.number("report_interval_seconds")),
                json.isTrue("measure_floor"),
                json.isTrue("raw_statistics"),
                json.isTrue("bare"),
                new WritePattern(
                        (int) count(json, "num_streams"),
                        json.has("skew") ? json.number("skew") : 0,
                        count(json, "rate"),
                        count(json, "trim_lag")));
    }

    private static long count(JsonObject json, String key) {
        return json.has(key) ? json.whole(key) : 0;
    }

    /** Reads where and how a store opens. */
    public static StoreOptions decodeStore(JsonObject json) {
        return new StoreOptions(
                Path.of(json.text("dir")),
                json.whole("memory_budget_bytes"),
                texts(json.object("engine_options")),
                new AllocatorChoice(
                        json.text("allocator"),
                        Math.toIntExact(json.whole("shards")),
                        texts(json.object("allocator_options"))));
    }

    private static Map<String, String> texts(JsonObject json) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : json.names()) {
            texts.put(key, json.text(key));
        }
        return texts;
    }

    /**
     * Reads where the records come from.
     *
     * @throws JsonException when something is missing or of another kind
     */
    public static PayloadSource decodePayload(JsonObject json) {
        int recordsPerBatch = Math.toIntExact(json.whole("records_per_batch"));
        return switch (json.text("payload")) {
            case "generated" ->
                    new PayloadSource.Generated(
                            new PayloadSpec(
                                    Math.toIntExact(json.whole("payload_size")),
                                    json.number("entropy"),
                                    keyStyle(json),
                                    json.whole("seed"),
                                    recordsPerBatch));
            case "file" ->
                    new PayloadSource.FromFile(Path.of(json.text("payload_file")), recordsPerBatch);
            case "input" ->
                    new PayloadSource.FromLines(
                            Path.of(json.text("input")),
                            recordsPerBatch,
                            keyStyle(json),
                            json.whole("seed"));
            case String other -> throw new JsonException("no payload of kind '" + other + "'");
        };
    }

    /** A key style as it is written. */
    public static String name(KeyStyle style) {
        return style.name().toLowerCase(Locale.ROOT);
    }

    private static KeyStyle keyStyle(JsonObject json) {
        return KeyStyle.valueOf(json.text("key_style").toUpperCase(Locale.ROOT));
    }

    /** A time in seconds. */
    public static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    /** A time of so many seconds. */
    public static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }
}
