package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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

    private static final List<String> NOTED_OF_RUNS =
            List.of(
                    "allocator",
                    "config.num_records",
                    "config.duration_seconds",
                    "config.warmup_records",
                    "config.warmup_seconds_min",
                    "config.num_loglets",
                    "config.memory_budget_bytes",
                    "config.continued_at");

    /** Objects whose every key is noted. */
    private static final List<String> NOTED_OPTIONS =
            List.of("config.engine_options", "config.allocator_options");

    private final Set<String> forbidding = new TreeSet<>();
    private final Set<String> noted = new TreeSet<>();

    /** Looks at what holds for all runs of two results. */
    Differences(JsonObject first, JsonObject second) {
        add(forbidding, "command", first, second);
        for (String key : MACHINE_KEYS) {
            boolean isKnown = first.has(key) && second.has(key); // older results lack some
            add(isKnown ? forbidding : noted, key, first, second);
        }
        for (String key : NOTED_OF_RESULTS) {
            add(noted, key, first, second);
        }
    }

    /** Looks at the runs of one store that count, in either result. */
    void addRuns(List<JsonObject> firstRuns, List<JsonObject> secondRuns) {
        JsonObject first = firstRuns.getFirst();
        JsonObject second = secondRuns.getFirst();
        addDifference(
                forbidding,
                "durability",
                ShownDurability.weakest(firstRuns),
                ShownDurability.weakest(secondRuns));
        for (String key : WORKLOAD_KEYS) {
            add(forbidding, key, first, second);
        }
        if (!"generated".equals(first.find("config.payload"))) {
            add(forbidding, CHECKSUM_KEY, first, second);
        }
        for (String floor : Floors.ALL) {
            addFloor(floor, firstRuns, secondRuns);
        }
        for (String key : NOTED_OF_RUNS) {
            add(noted, key, first, second);
        }
        for (String options : NOTED_OPTIONS) {
            Set<String> names = new TreeSet<>();
            names.addAll(names(first, options));
            names.addAll(names(second, options));
            for (String name : names) {
                addDifference(
                        noted,
                        name.substring(name.indexOf('.') + 1),
                        option(first, options, name),
                        option(second, options, name));
            }
        }
    }

    private static Set<String> names(JsonObject run, String options) {
        return run.find(options) instanceof JsonObject object ? object.names() : Set.of();
    }

    /** A dot in the name of an option is no path. */
    private static @Nullable Object option(JsonObject run, String options, String name) {
        return run.find(options) instanceof JsonObject object ? object.field(name) : null;
    }

    /** Where both sides wrote, they are to have met the same disk; and the same processor. */
    private void addFloor(String floor, List<JsonObject> firstRuns, List<JsonObject> secondRuns) {
        double first = Floors.median(floor, firstRuns);
        double second = Floors.median(floor, secondRuns);
        if (Verdict.distance(first, second) > Math.log(1 + Floors.DISTANCE_MAX)) {
            forbidding.add(line(floor, first, second));
        }
    }

    private static void add(
            Set<String> differences, String key, JsonObject first, JsonObject second) {
        addDifference(differences, key, first.find(key), second.find(key));
    }

    private static void addDifference(
            Set<String> differences, String key, @Nullable Object first, @Nullable Object second) {
        if (!Objects.equals(first, second)) {
            differences.add(line(key, first, second));
        }
    }

    private static String line(String key, @Nullable Object first, @Nullable Object second) {
        String name = key.startsWith("config.durability") ? "durability asked for" : key;
        return "%s (%s and %s)"
                .formatted(
                        name.substring(name.indexOf('.') + 1),
                        Tables.text(first),
                        Tables.text(second));
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
