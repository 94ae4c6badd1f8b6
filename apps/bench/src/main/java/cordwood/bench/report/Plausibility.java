package cordwood.bench.report;

import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.payload.KeyStyle;
import cordwood.store.Durability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a result can be a bench's: values of another type, amounts below 0 and unknown words
 * would otherwise be judged as if they were not there.
 */
final class Plausibility {

    private static final List<String> SECTIONS =
            List.of("latency_us", "cpu", "memory", "io", "engine", "alloc", "read");

    private static final List<String> AMOUNTS = amounts();

    private static final List<String> KEY_STYLES =
            Arrays.stream(KeyStyle.values())
                    .map(style -> style.name().toLowerCase(Locale.ROOT))
                    .toList();

    private static final List<String> LEVELS_ASKED =
            Arrays.stream(Durability.values()).map(Durability::name).toList();

    private Plausibility() {}

    private static List<String> amounts() {
        List<String> paths =
                new ArrayList<>(
                        List.of(
                                "records",
                                "batches",
                                "cpu.user_seconds",
                                "cpu.system_seconds",
                                "io.wal_bytes",
                                "io.wal_syncs",
                                "engine.commit_groups"));
        paths.addAll(Floors.ALL);
        for (Figure figure : Figure.values()) {
            if (figure != Figure.CPU_US_PER_RECORD) {
                paths.add(figure.path());
            }
        }
        return paths;
    }

    /**
     * Refuses a result that is none.
     *
     * @throws JsonException naming the field
     */
    static void check(JsonObject result) {
        checkEnding(result);
        requireIfAny(result, "environment", JsonObject.class, "an object");
        for (JsonObject run : result.objects("runs")) {
            run.text("store");
            run.object("config");
            checkEnding(run);
            run.isTrue("void");
            SECTIONS.forEach(section -> requireIfAny(run, section, JsonObject.class, "an object"));
            AMOUNTS.forEach(path -> checkAmount(run, path));
            checkWord(run, "durability", ShownDurability.LEVELS);
            checkWord(run, "config.durability", LEVELS_ASKED);
            checkWord(run, "config.key_style", KEY_STYLES);
        }
    }

    private static void checkEnding(JsonObject object) {
        object.isTrue("interrupted");
        requireIfAny(object, "failure", String.class, "text");
    }

    private static void checkAmount(JsonObject run, String path) {
        if (run.numberOrNaN(path) < 0) {
            throw new JsonException("field '%s' is below 0".formatted(path));
        }
    }

    private static void checkWord(JsonObject run, String path, List<String> known) {
        requireIfAny(run, path, String.class, "text");
        Object word = run.find(path);
        if (word instanceof String && !known.contains(word)) {
            throw new JsonException(
                    "field '%s' is '%s', and only %s are known"
                            .formatted(path, word, String.join(", ", known)));
        }
    }

    private static void requireIfAny(JsonObject object, String path, Class<?> type, String what) {
        @Nullable Object value = object.find(path);
        if (value != null && !type.isInstance(value)) {
            throw new JsonException("field '%s' should be %s".formatted(path, what));
        }
    }
}
