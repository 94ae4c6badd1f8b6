package cordwood.lsm;

import cordwood.store.Space;
import cordwood.store.StoreException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values of an option by space, as people write them: {@code 1=10GiB,7=500MB}; a part without a
 * space is for all others.
 *
 * @param bySpace by identity of the space
 */
record SpaceValues(@Nullable String common, Map<Integer, String> bySpace) {

    SpaceValues {
        bySpace = Collections.unmodifiableMap(new TreeMap<>(bySpace));
    }

    /**
     * The values that a text stands for.
     *
     * @throws StoreException.Invalid saying which part is none
     */
    static SpaceValues parse(String text) {
        String common = null;
        Map<Integer, String> bySpace = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals >= 0) {
                int space = space(part.substring(0, equals).strip());
                if (bySpace.put(space, part.substring(equals + 1).strip()) != null) {
                    throw new StoreException.Invalid("space %d is there twice".formatted(space));
                }
            } else if (common == null) {
                common = part.strip();
            } else {
                throw new StoreException.Invalid(
                        "'%s' and '%s' are both for all other spaces"
                                .formatted(common, part.strip()));
            }
        }
        return new SpaceValues(common, bySpace);
    }

    private static int space(String text) {
        try {
            return new Space(Integer.parseInt(text), "named").id();
        } catch (NumberFormatException e) {
            throw new StoreException.Invalid(
                    "'%s' is no space: give its number, 1 to 254".formatted(text));
        }
    }
}
