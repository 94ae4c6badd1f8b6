package cordwood.bench.write;

import java.util.concurrent.locks.LockSupport;

/**
 * At most so many records a second of one client. A limit and no schedule: what a slow store delays
 * is made up for within a tenth of a second or not at all. Confined to the client's thread.
 */
final class RateLimit {

    private static final long SLACK_NANOS = 100_000_000;

    private final double nanosPerRecord;
    private long dueNanos = System.nanoTime();

    /**
     * @param recordsPerSecond of all clients, 0 for no limit
     * @param clientCount who share it evenly
     */
    RateLimit(long recordsPerSecond, int clientCount) {
        this.nanosPerRecord = recordsPerSecond == 0 ? 0 : 1e9 * clientCount / recordsPerSecond;
    }

    /** Whether there is none. */
    boolean isNone() {
        return nanosPerRecord == 0;
    }

    /** Whether more may be sent. */
    boolean isDue(long nowNanos) {
        return isNone() || nowNanos - dueNanos >= 0;
    }

    /** From when on more may be sent, on {@link System#nanoTime()}. */
    long dueNanos() {
        return dueNanos;
    }

    /** Counts what is sent. */
    void took(long recordCount, long nowNanos) {
        if (!isNone()) {
            long earliest = Math.max(dueNanos - nowNanos, -SLACK_NANOS);
            dueNanos = nowNanos + earliest + (long) (recordCount * nanosPerRecord);
        }
    }

    /** Waits until more may be sent, a tenth of a second at most. */
    void rest() {
        LockSupport.parkNanos(this, Math.min(dueNanos - System.nanoTime(), SLACK_NANOS));
    }
}
