package cordwood.loglet;

import cordwood.store.StoreException;

/**
 * The offset of a record in a loglet: an unsigned 32-bit number, carried as a {@code long}. A tail
 * is an offset too, the one that the next record takes, so the last offset that a record can have
 * is {@link #LAST}.
 */
public final class LogletOffset {

    /** No offset; as a known global tail: not known. */
    public static final long INVALID = 0;

    /** The offset of a loglet's first record. */
    public static final long OLDEST = 1;

    /** The highest tail. */
    public static final long MAX = 0xFFFF_FFFFL;

    /** The highest offset a record can have. */
    public static final long LAST = MAX - 1;

    private LogletOffset() {}

    /** Whether a record can have this offset. */
    public static boolean isRecordOffset(long offset) {
        return offset >= OLDEST && offset <= LAST;
    }

    /**
     * The offset itself.
     *
     * @throws StoreException.Invalid when it does not fit 32 unsigned bits
     */
    public static long requireFits(long offset) {
        if (offset < INVALID || offset > MAX) {
            throw new StoreException.Invalid(
                    "loglet offset %d is outside 0 to %d".formatted(offset, MAX));
        }
        return offset;
    }
}
