package cordwood.loglet;

import cordwood.store.StoreException;

/** Which records a reader wants, by their keys. */
public sealed interface KeyFilter {

    /** Lets everything through. */
    record Any() implements KeyFilter {}

    /** Wants records about one key. */
    record Include(long key) implements KeyFilter {}

    /** Wants records about any key from {@code low} to {@code high}, both inclusive, unsigned. */
    record Within(long low, long high) implements KeyFilter {
        /** Checks the order of the ends. */
        public Within {
            if (Long.compareUnsigned(low, high) > 0) {
                throw new StoreException.Invalid(
                        "key filter %s to %s is empty"
                                .formatted(
                                        Long.toUnsignedString(low), Long.toUnsignedString(high)));
            }
        }
    }

    /** Whether a record with these keys is wanted. A record without keys always is. */
    default boolean matches(Keys keys) {
        return switch (this) {
            case Any _ -> true;
            case Include(long key) -> touches(keys, key, key);
            case Within(long low, long high) -> touches(keys, low, high);
        };
    }

    private static boolean touches(Keys keys, long low, long high) {
        return switch (keys) {
            case Keys.None _ -> true;
            case Keys.Single(long key) -> isWithin(key, low, high);
            case Keys.Pair(long first, long second) ->
                    isWithin(first, low, high) || isWithin(second, low, high);
            case Keys.Range(long rangeLow, long rangeHigh) ->
                    Long.compareUnsigned(rangeLow, high) <= 0
                            && Long.compareUnsigned(low, rangeHigh) <= 0;
        };
    }

    private static boolean isWithin(long key, long low, long high) {
        return Long.compareUnsigned(low, key) <= 0 && Long.compareUnsigned(key, high) <= 0;
    }
}
