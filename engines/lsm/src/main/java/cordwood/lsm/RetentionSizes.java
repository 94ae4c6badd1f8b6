package cordwood.lsm;

import cordwood.store.ByteSize;
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
        SpaceValues values = SpaceValues.parse(text);
        if (values.common() != null) {
            throw new StoreException.Invalid(
                    "'%s' is no SPACE=SIZE, like 1=10GiB".formatted(values.common()));
        }
        Map<Integer, Long> bytes = new TreeMap<>();
        values.bySpace()
                .forEach((space, sizeText) -> {
                    long size = ByteSize.parse(sizeText);
                    if (size == 0) {
                        throw new StoreException.Invalid(
                                "'%d=%s' keeps nothing".formatted(space, sizeText));
                    }
                    bytes.put(space, size);
                });
        return new RetentionSizes(bytes);
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
