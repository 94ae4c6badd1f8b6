package cordwood.rocksdb;

import cordwood.store.ByteSize;
import cordwood.store.NearestName;
import cordwood.store.StoreException;
import cordwood.store.StoreProvider.Setting;
import cordwood.store.TimeSpan;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Reads options by key, refuses what is out of range, and remembers what came out and why. */
final class OptionReader {

    private final Map<String, String> given;
    private final List<Setting> settings = new ArrayList<>();

    OptionReader(Map<String, String> given) {
        this.given = given;
    }

    /** Everything read or noted so far, in that order. */
    List<Setting> settings() {
        return List.copyOf(settings);
    }

    boolean flag(String key, boolean fallback) {
        return read(
                key,
                fallback,
                "default",
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw refused(key, text, "true or false");
                        },
                String::valueOf);
    }

    /** A size of at least {@code bytesMin}; {@code why} says where the fallback comes from. */
    long bytes(String key, long fallbackBytes, String why, long bytesMin) {
        return bytes(key, fallbackBytes, why, bytesMin, Long.MAX_VALUE);
    }

    /** The same, of at most {@code bytesMax}. */
    long bytes(String key, long fallbackBytes, String why, long bytesMin, long bytesMax) {
        return read(
                key,
                fallbackBytes,
                why,
                text -> {
                    long bytes = quantity(key, text, ByteSize::parse);
                    if (bytes < bytesMin) {
                        throw refused(key, text, "at least " + ByteSize.text(bytesMin));
                    }
                    if (bytes > bytesMax) {
                        throw refused(key, text, "at most " + ByteSize.text(bytesMax));
                    }
                    return bytes;
                },
                ByteSize::text);
    }

    int count(String key, int fallback, String why, int countMin, int countMax) {
        return read(
                key,
                fallback,
                why,
                text -> {
                    try {
                        int count = Integer.parseInt(text.strip());
                        if (count >= countMin && count <= countMax) {
                            return count;
                        }
                    } catch (NumberFormatException e) {
                        // refused below, with the range
                    }
                    String range = "a number from %,d to %,d".formatted(countMin, countMax);
                    throw refused(key, text, range);
                },
                String::valueOf);
    }

    /** A duration in whole seconds, or null where none was given. */
    @Nullable Duration seconds(String key, String why) {
        return this.<@Nullable Duration>read(
                key,
                null,
                why,
                text -> {
                    Duration duration = quantity(key, text, TimeSpan::parse);
                    if (duration.isZero()
                            || !duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
                        throw refused(key, text, "a whole number of seconds, at least 1s");
                    }
                    return duration;
                },
                duration -> duration == null ? "none" : duration.toSeconds() + "s");
    }

    /** One of several named values; a linked map keeps the order in which they are offered. */
    <T> T choice(String key, String fallback, Map<String, T> choices) {
        String name =
                read(
                        key,
                        fallback,
                        "default",
                        text -> {
                            if (!choices.containsKey(text)) {
                                throw new StoreException.Invalid(
                                        "option '%s' has no value '%s': %s"
                                                .formatted(
                                                        key,
                                                        text,
                                                        NearestName.hint(text, choices.keySet())));
                            }
                            return text;
                        },
                        Function.identity());
        return Objects.requireNonNull(choices.get(name));
    }

    /** An absolute directory, or null where none was given. */
    @Nullable Path directory(String key, String why) {
        return this.<@Nullable Path>read(
                key,
                null,
                why,
                text -> {
                    Path path = path(key, text);
                    if (!path.isAbsolute()) {
                        throw refused(key, text, "an absolute directory");
                    }
                    return path.normalize();
                },
                path -> path == null ? "none" : path.toString());
    }

    private static Path path(String key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refused(key, text, "a name that this system can write");
        }
    }

    /** Notes a derived size. */
    long derived(String key, long bytes, String why) {
        return derived(key, bytes, ByteSize::text, why);
    }

    /** Notes a derived figure that is no size. */
    long derived(String key, long number, LongFunction<String> text, String why) {
        note(key, text.apply(number), why);
        return number;
    }

    void note(String key, String value, String why) {
        settings.add(new Setting(key, value, why));
    }

    private <T extends @Nullable Object> T read(
            String key,
            T fallback,
            String why,
            Function<String, T> parser,
            Function<T, String> text) {
        String typed = given.get(key);
        T value = typed == null ? fallback : parser.apply(typed);
        note(key, text.apply(value), typed == null ? why : "given");
        return value;
    }

    private static <T> T quantity(String key, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (StoreException.Invalid e) {
            throw new StoreException.Invalid("option '%s': %s".formatted(key, e.getMessage()));
        }
    }

    private static StoreException.Invalid refused(String key, String text, String wanted) {
        return new StoreException.Invalid(
                "option '%s' is %s, not '%s'".formatted(key, wanted, text));
    }
}
