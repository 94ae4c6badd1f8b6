package cordwood.lsm;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.store.NearestName;
import cordwood.store.StoreException;
import cordwood.store.StoreProvider.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options that choose codecs. */
final class Compression {

    static final String KEY = "compression";
    static final String COLD_KEY = "cold-compression";

    /** What people say for {@link Codec#RAW}. */
    private static final String NONE = "none";

    private Compression() {}

    /** Of what is flushed. */
    static SpaceCodecs codecs(Map<String, String> given) {
        SpaceValues values = values(KEY, given);
        Map<Integer, Codec> bySpace = new TreeMap<>();
        values.bySpace().forEach((space, name) -> bySpace.put(space, codec(KEY, name)));
        return new SpaceCodecs(
                values.common() == null ? Codec.LZ4 : codec(KEY, values.common()), bySpace);
    }

    /** Of what is merged: what is said of that, or a smaller one where it is compressed at all. */
    static SpaceCodecs coldCodecs(Map<String, String> given) {
        SpaceValues values = values(COLD_KEY, given);
        Codec common = values.common() == null ? null : codec(COLD_KEY, values.common());
        SpaceCodecs warm = codecs(given);
        Map<Integer, Codec> bySpace = new TreeMap<>();
        warm.bySpace().forEach((space, codec) -> bySpace.put(space, cold(common, codec)));
        values.bySpace().forEach((space, name) -> bySpace.put(space, codec(COLD_KEY, name)));
        return new SpaceCodecs(cold(common, warm.common()), bySpace);
    }

    private static Codec cold(@Nullable Codec given, Codec warm) {
        if (given != null) {
            return given;
        }
        return warm == Codec.RAW ? Codec.RAW : Codec.DEFLATE;
    }

    private static SpaceValues values(String key, Map<String, String> given) {
        String text = given.get(key);
        try {
            return text == null ? new SpaceValues(null, Map.of()) : SpaceValues.parse(text);
        } catch (StoreException.Invalid e) {
            throw new StoreException.Invalid("option '%s': %s".formatted(key, e.getMessage()));
        }
    }

    private static Codec codec(String key, String text) {
        Codec codec = text.equals(NONE) ? Codec.RAW : Codec.named(text);
        if (codec == null || text.equals(Codec.RAW.text())) {
            throw new StoreException.Invalid(
                    "option '%s' has no value '%s': %s"
                            .formatted(key, text, NearestName.hint(text, names())));
        }
        String refusal = codec.refusal();
        if (refusal != null) {
            throw new StoreException.Invalid(
                    "option '%s' cannot be '%s' here: %s".formatted(key, text, refusal));
        }
        return codec;
    }

    private static Set<String> names() {
        return Arrays.stream(Codec.values()).map(Compression::name).collect(Collectors.toSet());
    }

    private static String name(Codec codec) {
        return codec == Codec.RAW ? NONE : codec.text();
    }

    private static String text(SpaceCodecs codecs) {
        StringBuilder text = new StringBuilder(name(codecs.common()));
        new TreeMap<>(codecs.bySpace())
                .forEach((space, codec) -> text.append(", %d=%s".formatted(space, name(codec))));
        return text.toString();
    }

    static List<Setting> explain(Map<String, String> given) {
        return List.of(
                new Setting(
                        KEY,
                        text(codecs(given)),
                        given.containsKey(KEY)
                                ? "given"
                                : "default: flushed blocks that it makes an eighth smaller"),
                new Setting(
                        COLD_KEY,
                        text(coldCodecs(given)),
                        given.containsKey(COLD_KEY)
                                ? "given"
                                : "default: the same of merged blocks, unless compression is none"),
                available());
    }

    private static Setting available() {
        List<String> usable = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Codec codec : Codec.values()) {
            String refusal = codec.refusal();
            if (refusal == null) {
                usable.add(codec.text());
            } else {
                refused.add("for %s, %s".formatted(codec.text(), refusal));
            }
        }
        return new Setting(
                "codecs",
                String.join(" ", usable),
                refused.isEmpty() ? "all there are" : String.join("; ", refused));
    }
}
