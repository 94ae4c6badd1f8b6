package cordwood.memory.pool;

import java.util.function.LongSupplier;

/**
 * Remembers for a moment that the Java heap was found full: since every try has the whole heap
 * collected, all threads together try once in a moment, and once more when everybody was asked to
 * give back. For any number of threads.
 */
final class HeapRoom {

    static final long MOMENT_NANOS = 100_000_000;

    private final LongSupplier clock;

    private volatile boolean isFull;

    // Guarded by this.
    private boolean wasAskedFor;
    private boolean onceMore;
    private long untilNanos;

    /** With a clock of nanoseconds. */
    HeapRoom(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whether the caller should try: he then says whether it {@link #hasRoom} or not. */
    boolean isWorthATry() {
        long nowNanos = clock.getAsLong();
        synchronized (this) {
            if (!isFull) {
                return true;
            }
            if (onceMore) {
                onceMore = false;
            } else if (nowNanos - untilNanos < 0) {
                return false;
            } else {
                wasAskedFor = false;
            }
            untilNanos = nowNanos + MOMENT_NANOS;
            return true;
        }
    }

    /** Somebody tried, and there was room; or he gave back what takes some. */
    void hasRoom() {
        if (isFull) {
            isFull = false;
        }
    }

    /** Somebody tried, and there was none. */
    void wasFull() {
        long nowNanos = clock.getAsLong();
        synchronized (this) {
            if (!isFull) {
                isFull = true;
                wasAskedFor = false;
                onceMore = false;
            }
            untilNanos = nowNanos + MOMENT_NANOS;
        }
    }

    /** Everybody has given back what he did not use: once in a moment, that is worth a try. */
    synchronized void everybodyWasAsked() {
        onceMore |= !wasAskedFor;
        wasAskedFor = true;
    }
}
