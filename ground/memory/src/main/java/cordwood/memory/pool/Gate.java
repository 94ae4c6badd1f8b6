package cordwood.memory.pool;

import java.util.concurrent.TimeUnit;

/**
 * Lets operations in until it is closed, and has the close wait until the last of them has left.
 * For any number of threads; one may be in several times.
 */
final class Gate {

    /** How long is waited for those inside. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    // Guarded by this.
    private int insideCount;

    /** Written under the lock, read without. */
    private volatile boolean closed;

    boolean isClosed() {
        return closed;
    }

    /** Goes in, or answers false when it is closed. Whoever is in leaves, whatever happens. */
    synchronized boolean tryEnter() {
        if (closed) {
            return false;
        }
        insideCount++;
        return true;
    }

    synchronized void leave() {
        insideCount--;
        if (closed) {
            notifyAll();
        }
    }

    /**
     * Lets nobody in any more and goes in alone, after all who are inside. The caller holds no lock
     * and is not inside. Of several closes one is inside at a time, and each leaves.
     *
     * @throws IllegalStateException when somebody does not leave for a minute
     */
    void close() {
        long deadlineNanos = System.nanoTime() + WAIT_NANOS;
        boolean interrupted = false;
        try {
            synchronized (this) {
                closed = true;
                while (insideCount > 0) {
                    interrupted |= await(deadlineNanos - System.nanoTime());
                }
                insideCount++;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits a while under the lock; answers whether it was interrupted. */
    private boolean await(long leftNanos) {
        if (leftNanos <= 0) {
            throw new IllegalStateException(
                    "%d operations do not end: close the pool again".formatted(insideCount));
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            return false;
        } catch (InterruptedException again) {
            return true;
        }
    }
}
