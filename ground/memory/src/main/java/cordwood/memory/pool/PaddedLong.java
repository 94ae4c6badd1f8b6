package cordwood.memory.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** An atomic long that shares its cache line with nothing. */
final class PaddedLong {

    private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

    /** In the middle of 256 bytes: clear of its neighbours' lines, and of the pairs of lines. */
    private static final int PLACE = 16;

    private final long[] padded = new long[2 * PLACE];

    long get() {
        return (long) LONG.getVolatile(padded, PLACE);
    }

    void setRelease(long value) {
        LONG.setRelease(padded, PLACE, value);
    }

    boolean compareAndSet(long expected, long value) {
        return LONG.compareAndSet(padded, PLACE, expected, value);
    }

    boolean weakCompareAndSetRelease(long expected, long value) {
        return LONG.weakCompareAndSetRelease(padded, PLACE, expected, value);
    }

    long getAndSet(long value) {
        return (long) LONG.getAndSet(padded, PLACE, value);
    }

    /** Adds what a race with another may lose. */
    void addLoosely(long delta) {
        LONG.setOpaque(padded, PLACE, (long) LONG.getOpaque(padded, PLACE) + delta);
    }

    void add(long delta) {
        LONG.getAndAdd(padded, PLACE, delta);
    }
}
