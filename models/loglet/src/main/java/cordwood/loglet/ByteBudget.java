package cordwood.loglet;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that may be under way at once. Refuses what does not fit, and never blocks. Thread-safe.
 */
final class ByteBudget {

    private final long bytesMax;
    private final AtomicLong usedBytes = new AtomicLong();

    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes bytes if there is room. What is larger than the whole budget fits when it is alone. */
    boolean tryAcquire(long bytes) {
        long before = usedBytes.getAndAdd(bytes);
        if (before == 0 || before + bytes <= bytesMax) {
            return true;
        }
        release(bytes);
        return false;
    }

    void release(long bytes) {
        usedBytes.getAndAdd(-bytes);
    }

    long usedBytes() {
        return usedBytes.get();
    }
}
