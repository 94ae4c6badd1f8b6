package cordwood.bench.alloc;

import cordwood.bench.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The configuration of a run as JSON: what a measuring process is given, and the {@code config} of
 * a run in a result file. Keys are the flags' names.
 */
final class AllocConfigCodec {

    private AllocConfigCodec() {}

    static JsonObject encode(AllocConfig config) {
        JsonObject options = new JsonObject();
        new TreeMap<>(config.allocatorOptions()).forEach(options::put);
        return new JsonObject()
                .put("target", "allocator")
                .put("allocators", config.allocators())
                .put("allocator_options", options)
                .put("shards", config.shards())
                .put("memory_budget_bytes", config.memoryBudgetBytes())
                .put("sizes", config.sizes())
                .put("lifetime", config.lifetime())
                .put("remote_share", config.remoteShare())
                .put("readers", config.readers())
                .put("pin_ms", config.pin().toMillis())
                .put("burst", config.burst())
                .put("concurrency", config.concurrency())
                .put("seconds", seconds(config.measured()))
                .put("warmup_seconds", seconds(config.warmup()))
                .put("slice_ms", config.slice().toMillis())
                .put("hand_over_cells", Batch.CELLS)
                .put("loop", "closed")
                .put("seed", config.seed())
                .put("fault", config.fault().name().toLowerCase(Locale.ROOT));
    }

    static AllocConfig decode(JsonObject json) {
        Map<String, String> options = new LinkedHashMap<>();
        JsonObject given = json.object("allocator_options");
        given.names().forEach(key -> options.put(key, given.text(key)));
        List<String> allocators = json.list("allocators").stream().map(String::valueOf).toList();
        return new AllocConfig(
                allocators,
                options,
                Math.toIntExact(json.whole("shards")),
                json.whole("memory_budget_bytes"),
                json.text("sizes"),
                Math.toIntExact(json.whole("lifetime")),
                json.number("remote_share"),
                Math.toIntExact(json.whole("readers")),
                Duration.ofMillis(json.whole("pin_ms")),
                Math.toIntExact(json.whole("burst")),
                Math.toIntExact(json.whole("concurrency")),
                duration(json.number("seconds")),
                duration(json.number("warmup_seconds")),
                Duration.ofMillis(json.whole("slice_ms")),
                json.whole("seed"),
                Fault.named(json.text("fault")));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }
}
