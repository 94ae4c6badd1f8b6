package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * In what two results are not alike, a line each: what forbids a comparison, since the figures are
 * not about the same thing, and what only has to be known.
 */
final class Differences {

    /** What a run was asked to do. */
    private static final List<String> WORKLOAD_KEYS =
            List.of(
                    "config.durability",
                    "config.in_flight",
                    "config.payload",
                    "config.payload_size",
                    "config.entropy",
                    "config.key_style",
                    "config.records_per_batch",
                    "config.num_streams",
                    "config.skew",
                    "config.rate",
                    "config.trim_lag",
                    "config.workload",
                    "config.range",
                    "config.order",
                    "config.cold",
                    "config.held_streams",
                    "config.target",
                    "config.sizes",
                    "config.lifetime",
                    "config.remote_share",
                    "config.readers",
                    "config.pin_ms",
                    "config.burst",
                    "config.concurrency");

    /** Names and seeds may differ where the bytes do not; a file's bytes are told by their sum. */
    private static final String CHECKSUM_KEY = "config.payload_checksum";

    private static final List<String> MACHINE_KEYS =
            List.of(
                    "environment.cpu",
                    "environment.cores",
                    "environment.memory_bytes",
                    "environment.filesystem",
                    "environment.mount");

    private static final List<String> NOTED_OF_RESULTS =
            List.of(
                    "version",
                    "environment.git",
                    "environment.jdk",
                    "environment.jvm_flags",
                    "environment.kernel");

    /** Of a configuration, what is a name, a place or a result; everything else is noted. */
    private static final Set<String> UNNOTED_KEYS =
            Set.of(
                    "store",
                    "dir",
                    "payload_file",
                    "input",
                    "payload_note",
                    "payload_checksum",
                    "seed",
                    "place_seed",
                    "warmup_written_records");

    private final Set<String> forbidding = new TreeSet<>();
    private final Set<String> noted = new TreeSet<>();

    /** Looks at what holds for all runs of two results. */
    Differences(JsonObject first, JsonObject second) {
        List<JsonObject> firsts = List.of(first);
        List<JsonObject> seconds = List.of(second);
        add(forbidding, "command", firsts, seconds);
        for (String key : MACHINE_KEYS) {
            boolean isKnown = first.has(key) && second.has(key); // older results lack some
            add(isKnown ? forbidding : noted, key, firsts, seconds);
        }
        for (String key : NOTED_OF_RESULTS) {
            add(noted, key, firsts, seconds);
        }
    }

    /** Looks at the runs of one store that count, in either result, and within one. */
    void addRuns(List<JsonObject> first, List<JsonObject> second) {
        String weakest = ShownDurability.weakest(first);
        if (!weakest.equals(ShownDurability.weakest(second))) {
            forbidding.add(
                    line("durability", List.of(weakest), List.of(ShownDurability.weakest(second))));
        }
        for (String key : WORKLOAD_KEYS) {
            add(forbidding, key, first, second);
        }
        addChecksum(first, second);
        for (String floor : Floors.ALL) {
            addFloor(floor, first, second);
        }
        add(noted, "allocator", first, second);
        addConfiguration(first, second);
    }

    /** Other bytes of the same seed have to be known; other seeds give other bytes. */
    private void addChecksum(List<JsonObject> first, List<JsonObject> second) {
        if (!values(first, "config.payload").equals(Set.of("generated"))) {
            add(forbidding, CHECKSUM_KEY, first, second);
        } else if (areAlike(values(first, "config.seed"), values(second, "config.seed"))) {
            add(noted, CHECKSUM_KEY, first, second);
        }
    }

    /** What a run was configured with, and each option by itself: its name may have dots. */
    private static Map<String, @Nullable Object> configuration(JsonObject run) {
        JsonObject config = run.object("config");
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String name : config.names()) {
            if (config.field(name) instanceof JsonObject options) {
                for (String option : options.names()) {
                    values.put(name + "." + option, options.field(option));
                }
            } else {
                values.put(name, config.field(name));
            }
        }
        return values;
    }

    private void addConfiguration(List<JsonObject> first, List<JsonObject> second) {
        Set<String> keys = new TreeSet<>();
        for (List<JsonObject> runs : List.of(first, second)) {
            runs.forEach(run -> keys.addAll(configuration(run).keySet()));
        }
        keys.removeAll(UNNOTED_KEYS);
        keys.removeIf(key -> WORKLOAD_KEYS.contains("config." + key));
        for (String key : keys) {
            addDifference(
                    noted,
                    key,
                    values(first, run -> configuration(run).get(key)),
                    values(second, run -> configuration(run).get(key)));
        }
    }

    /** Where both sides wrote, they are to have met the same disk; and the same processor. */
    private void addFloor(String floor, List<JsonObject> first, List<JsonObject> second) {
        double firstMedian = Floors.median(floor, first);
        double secondMedian = Floors.median(floor, second);
        String line = line(floor, List.of(firstMedian), List.of(secondMedian));
        if (Verdict.distance(firstMedian, secondMedian) > Math.log(1 + Floors.DISTANCE_MAX)) {
            forbidding.add(line);
        } else if (Double.isNaN(firstMedian) != Double.isNaN(secondMedian)
                && Floors.counts(floor, first)
                && Floors.counts(floor, second)) {
            noted.add(line);
        }
    }

    private static void add(
            Set<String> differences, String key, List<JsonObject> first, List<JsonObject> second) {
        addDifference(differences, key, values(first, key), values(second, key));
    }

    private static void addDifference(
            Set<String> differences,
            String key,
            Set<@Nullable Object> first,
            Set<@Nullable Object> second) {
        if (!areAlike(first, second)) {
            differences.add(line(key, first, second));
        }
    }

    /** Whether all runs of both sides have one value. */
    private static boolean areAlike(Set<@Nullable Object> first, Set<@Nullable Object> second) {
        return first.size() == 1 && first.equals(second);
    }

    private static Set<@Nullable Object> values(List<JsonObject> runs, String key) {
        return values(runs, run -> run.find(key));
    }

    private static Set<@Nullable Object> values(
            List<JsonObject> runs, Function<JsonObject, @Nullable Object> value) {
        Set<@Nullable Object> values = new LinkedHashSet<>();
        runs.forEach(run -> values.add(value.apply(run)));
        return values;
    }

    private static String line(
            String key,
            Collection<? extends @Nullable Object> first,
            Collection<? extends @Nullable Object> second) {
        String name = key.startsWith("config.durability") ? "durability asked for" : key;
        return "%s (%s and %s)"
                .formatted(name.substring(name.indexOf('.') + 1), text(first), text(second));
    }

    private static String text(Collection<? extends @Nullable Object> values) {
        return values.stream().map(Tables::text).collect(Collectors.joining(", "));
    }

    /** What makes no verdict hold. */
    List<String> forbidding() {
        return new ArrayList<>(forbidding);
    }

    /** What a reader has to know. */
    List<String> noted() {
        return new ArrayList<>(noted);
    }
}
