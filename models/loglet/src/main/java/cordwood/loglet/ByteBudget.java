package cordwood.loglet;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that may be under way at once. Refuses what does not fit, and never blocks; what is refused
 * was never taken. Thread-safe.
 */
final class ByteBudget {

    private static final long NOTHING_PASSES_ALONE = -1;

    private final long bytesMax;
    private final AtomicLong usedBytes = new AtomicLong();

    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes bytes if there is room. What is larger than the whole budget fits when it is alone. */
    boolean tryAcquire(long bytes) {
        return tryAcquire(bytes, 0);
    }

    /** As {@link #tryAcquire(long)}, for one that holds {@code heldBytes} already. */
    boolean tryAcquire(long bytes, long heldBytes) {
        long before;
        do {
            before = usedBytes.get();
            if (before > heldBytes && bytes > bytesMax - before) {
                return false;
            }
        } while (!usedBytes.compareAndSet(before, before + bytes));
        return true;
    }

    /** Takes bytes if there is room, alone or not. */
    boolean tryAcquireWithin(long bytes) {
        return tryAcquire(bytes, NOTHING_PASSES_ALONE);
    }

    void release(long bytes) {
        usedBytes.getAndAdd(-bytes);
    }

    long usedBytes() {
        return usedBytes.get();
    }
}
