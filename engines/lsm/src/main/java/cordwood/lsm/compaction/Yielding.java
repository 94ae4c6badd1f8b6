package cordwood.lsm.compaction;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Has a compaction yield to commits: while there is a burst it rests as long as it works, and less
 * the more tables wait. Confined to one thread.
 */
final class Yielding {

    /** What is written between two rests. */
    private static final int WORK_BYTES = 256 << 10;

    /** The longest rest, after which a step that is to stop looks again. */
    private static final long REST_NANOS_MAX = 20_000_000;

    private final BooleanSupplier isQuiet;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;

    private double restShare;
    private long bytes;
    private long startNanos;

    /**
     * One who is not at work.
     *
     * @param pause holds the calling thread up for so many nanoseconds
     */
    Yielding(BooleanSupplier isQuiet, LongSupplier nanoTime, LongConsumer pause) {
        this.isQuiet = isQuiet;
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /**
     * Begins a compaction.
     *
     * @param debtShare how much waits, of what may: from 1 on there is no rest
     */
    void begin(double debtShare) {
        restShare = Math.clamp(1 - debtShare, 0, 1);
        bytes = 0;
        startNanos = nanoTime.getAsLong();
    }

    /** Notes what was written, and rests when it is time. */
    void worked(int writtenBytes) {
        bytes += writtenBytes;
        if (bytes < WORK_BYTES) {
            return;
        }
        bytes = 0;
        long workNanos = nanoTime.getAsLong() - startNanos;
        long restNanos = (long) Math.min(REST_NANOS_MAX, restShare * workNanos);
        if (restNanos > 0 && !isQuiet.getAsBoolean()) {
            pause.accept(restNanos);
        }
        startNanos = nanoTime.getAsLong();
    }
}
