package cordwood.lsm;

import cordwood.store.ByteSize;
import cordwood.store.Space;
import cordwood.store.StoreException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many bytes of tables spaces keep, as people write it: {@code 1=10GiB,7=500MB}.
 *
 * @param bytes sizes by identity of the space
 */
record RetentionSizes(Map<Integer, Long> bytes) {

    RetentionSizes {
        bytes = Collections.unmodifiableMap(new TreeMap<>(bytes));
    }

    /** No space is bounded. */
    static RetentionSizes none() {
        return new RetentionSizes(Map.of());
    }

    /**
     * The sizes that a text stands for.
     *
     * @throws StoreException.Invalid saying which part is none
     */
    static RetentionSizes parse(String text) {
        Map<Integer, Long> bytes = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new StoreException.Invalid(
                        "'%s' is no SPACE=SIZE, like 1=10GiB".formatted(part));
            }
            int space = space(part.substring(0, equals).strip());
            long size = ByteSize.parse(part.substring(equals + 1));
            if (size == 0) {
                throw new StoreException.Invalid("'%s' keeps nothing".formatted(part));
            }
            if (bytes.put(space, size) != null) {
                throw new StoreException.Invalid("space %d is there twice".formatted(space));
            }
        }
        return new RetentionSizes(bytes);
    }

    private static int space(String text) {
        try {
            return new Space(Integer.parseInt(text), "retained").id();
        } catch (NumberFormatException e) {
            throw new StoreException.Invalid(
                    "'%s' is no space: give its number, 1 to 254".formatted(text));
        }
    }

    /** As it is written; {@code none} where no space is bounded. */
    String text() {
        return bytes.isEmpty()
                ? "none"
                : bytes.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + ByteSize.text(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
