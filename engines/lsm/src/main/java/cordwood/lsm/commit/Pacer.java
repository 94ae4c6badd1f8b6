package cordwood.lsm.commit;

import cordwood.lsm.flush.FlushDebt;
import cordwood.memory.Rest;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Holds writing up to the rate that {@link FlushDebt} allows. Belongs to the committing step.
 *
 * <p>A group is written at once and due by the time that writing it takes at that rate: the next
 * one waits for what is left of it.
 */
public final class Pacer {

    /** Shorter pauses are saved up: each costs two hand-overs between threads. */
    private static final long PAUSE_NANOS_MIN = Rest.NANOS_MAX;

    /** What a group waits at most, however large the last one was. */
    private static final long PAUSE_NANOS_MAX = 10_000_000;

    private final FlushDebt debt;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;
    private final Stalls stalls;
    private long dueNanos;

    /**
     * A pacer that holds nothing up yet.
     *
     * @param debt tells how fast may be written
     * @param nanoTime the clock, {@link System#nanoTime} but in tests
     * @param pause pauses for about so many nanoseconds, rather less
     * @param stalls where pauses are noted
     */
    public Pacer(FlushDebt debt, LongSupplier nanoTime, LongConsumer pause, Stalls stalls) {
        this.debt = debt;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.stalls = stalls;
    }

    /** Pauses before a group is written, if writing is ahead. */
    void beforeGroup(long groupBytes) {
        double bytesPerNano = debt.writeBytesPerNano();
        if (bytesPerNano == Double.POSITIVE_INFINITY) {
            return;
        }
        long nowNanos = nanoTime.getAsLong();
        long aheadNanos = Math.min(dueNanos - nowNanos, PAUSE_NANOS_MAX);
        if (aheadNanos >= PAUSE_NANOS_MIN) {
            pause.accept(aheadNanos);
            stalls.waited(Stalls.Cause.PACING, nowNanos);
        }
        dueNanos = Math.max(dueNanos, nowNanos) + (long) (groupBytes / bytesPerNano);
    }
}
