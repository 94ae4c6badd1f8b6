package cordwood.loglet;

import cordwood.store.StoreException;

/** What a record is about: unsigned 64-bit keys that readers filter by. */
public sealed interface Keys {

    /** No key: every filter lets the record through. */
    Keys NONE = new None();

    /** No key. */
    record None() implements Keys {}

    /** One key. */
    record Single(long key) implements Keys {}

    /** Two keys, either of which matches. */
    record Pair(long first, long second) implements Keys {}

    /** Every key from {@code low} to {@code high}, both inclusive, unsigned. */
    record Range(long low, long high) implements Keys {
        /** Checks the order of the ends. */
        public Range {
            if (Long.compareUnsigned(low, high) > 0) {
                throw new StoreException.Invalid(
                        "key range %s to %s is empty"
                                .formatted(
                                        Long.toUnsignedString(low), Long.toUnsignedString(high)));
            }
        }
    }
}
