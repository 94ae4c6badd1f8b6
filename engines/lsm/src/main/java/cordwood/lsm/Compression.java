package cordwood.lsm;

import cordwood.lsm.codec.Codec;
import cordwood.store.NearestName;
import cordwood.store.StoreException;
import cordwood.store.StoreProvider.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The options that choose codecs. */
final class Compression {

    static final String KEY = "compression";
    static final String COLD_KEY = "cold-compression";

    /** What people say for {@link Codec#RAW}. */
    private static final String NONE = "none";

    private Compression() {}

    /** Of what is flushed. */
    static Codec codec(Map<String, String> given) {
        return given.containsKey(KEY) ? chosen(KEY, given) : Codec.LZ4;
    }

    /** Of what is merged. */
    static Codec coldCodec(Map<String, String> given) {
        if (given.containsKey(COLD_KEY)) {
            return chosen(COLD_KEY, given);
        }
        return codec(given) == Codec.RAW ? Codec.RAW : Codec.DEFLATE;
    }

    private static Codec chosen(String key, Map<String, String> given) {
        String text = given.getOrDefault(key, NONE);
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

    static List<Setting> explain(Map<String, String> given) {
        return List.of(
                new Setting(
                        KEY,
                        name(codec(given)),
                        given.containsKey(KEY)
                                ? "given"
                                : "default: flushed blocks that it makes an eighth smaller"),
                new Setting(
                        COLD_KEY,
                        name(coldCodec(given)),
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
