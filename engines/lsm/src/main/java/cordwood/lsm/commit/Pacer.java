package cordwood.lsm.commit;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Slows writing down to what is flushed while memtables queue up, so that a writer meets many short
 * pauses and not one long one. Belongs to the committing step.
 *
 * <p>Up to seven tenths of the debt there can be, writing is free. From there on the rate allowed
 * falls from half above the flusher's to half below it, so that the debt settles in between.
 */
public final class Pacer {

    private static final double FREE_SHARE = 0.7;
    private static final double RATE_SHARE_AT_FREE = 1.5;
    private static final double RATE_SHARE_AT_FULL = 0.5;

    /** Shorter pauses are saved up: parking costs as much. */
    private static final long PAUSE_NANOS_MIN = 50_000;

    private static final long PAUSE_NANOS_MAX = 10_000_000;

    private final long debtBytesMax;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;
    private final Stalls stalls;
    private long dueNanos;

    /**
     * A pacer without debt.
     *
     * @param debtBytesMax bytes of memtables that can wait to be flushed
     * @param nanoTime the clock, {@link System#nanoTime} but in tests
     * @param pause pauses for so many nanoseconds
     * @param stalls where pauses are noted
     */
    public Pacer(long debtBytesMax, LongSupplier nanoTime, LongConsumer pause, Stalls stalls) {
        this.debtBytesMax = debtBytesMax;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.stalls = stalls;
    }

    /**
     * Pauses before a group is written, if writing is ahead.
     *
     * @param flushBytesPerNano how fast memtables are flushed, 0 where nobody knows yet
     */
    void beforeGroup(long groupBytes, long debtBytes, double flushBytesPerNano) {
        double share = (double) debtBytes / debtBytesMax;
        if (share <= FREE_SHARE || flushBytesPerNano == 0) {
            return;
        }
        long nowNanos = nanoTime.getAsLong();
        long aheadNanos = Math.min(dueNanos - nowNanos, PAUSE_NANOS_MAX);
        if (aheadNanos >= PAUSE_NANOS_MIN) {
            pause.accept(aheadNanos);
            stalls.waited(Stalls.Cause.PACING, nowNanos);
        }
        double fall = (share - FREE_SHARE) / (1 - FREE_SHARE);
        double rateShare =
                RATE_SHARE_AT_FREE - Math.min(1, fall) * (RATE_SHARE_AT_FREE - RATE_SHARE_AT_FULL);
        long groupNanos = (long) (groupBytes / (flushBytesPerNano * rateShare));
        dueNanos = Math.max(dueNanos, nowNanos) + groupNanos;
    }
}
