package cordwood.lsm.flush;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The one policy of what waits to be flushed, the debt: when flushing begins, and how fast may be
 * written meanwhile. Thread-safe.
 *
 * <pre>
 * debt       0 ......... half ........... 7/10 ............... all there can be
 * flushing     not beside a burst   at once, the oldest first
 * writing      free                       slowed down to 3/2 ... 1/2 of the flusher's rate
 * </pre>
 *
 * <p>A burst that fits, writing about as fast as memtables are flushed, is left without a flush
 * beside it, which would take processors and the disk from it. Flushing begins when half of the
 * memtables wait, when the log grows large or no memtable is free, or when writing slows down.
 */
public final class FlushDebt {

    /**
     * Writing slower than this is no burst, whose end is worth waiting for: it leaves time to flush
     * beside it. Bursts fill memtables at some 1 byte a nanosecond on two cores.
     */
    private static final double BURST_BYTES_PER_NANO = 0.6;

    /** Up to this share of the debt there can be, writing is free: flushing has begun at half. */
    private static final double FREE_SHARE = 0.7;

    /*
     * From there on a writer meets many short pauses, not one long one. Its rate falls from half
     * above the flusher's to half below it, so that the debt settles in between, whatever the
     * flusher's rate was taken to be.
     */
    private static final double RATE_SHARE_AT_FREE = 1.5;
    private static final double RATE_SHARE_AT_FULL = 0.5;

    /**
     * What is looked at.
     *
     * @param writtenBytes bytes written to the log since the store was opened
     * @param quietBytesMax how much is written between two looks when there is no burst
     * @param filledBytesPerNano how fast the memtable sealed last was filled
     * @param debtBytes bytes of sealed memtables
     * @param debtBytesFree how much of that may wait while there is writing; 0 to flush at once
     * @param debtBytesMax how much of that there can be
     * @param logBytes bytes of the log's live segments
     * @param logBytesFree how large the log may grow meanwhile
     * @param hasIdleMemtable whether a memtable is free for when the active one is full
     */
    public record Parts(
            LongSupplier writtenBytes,
            long quietBytesMax,
            DoubleSupplier filledBytesPerNano,
            LongSupplier debtBytes,
            long debtBytesFree,
            long debtBytesMax,
            LongSupplier logBytes,
            long logBytesFree,
            BooleanSupplier hasIdleMemtable) {}

    private final Parts parts;
    private volatile boolean wasQuiet = true;
    private volatile long bytesSeen;
    private volatile double flushBytesPerNano; // set by the flusher; 0 before the first flush

    /** Takes no burst to be under way. */
    public FlushDebt(Parts parts) {
        this.parts = parts;
    }

    /** Notes how much was written since the last look; true when there is no burst. */
    public boolean look() {
        boolean quiet = isQuietSinceLook();
        bytesSeen = parts.writtenBytes().getAsLong();
        wasQuiet = quiet;
        return quiet;
    }

    /** Whether the oldest sealed memtable is to be flushed now. */
    boolean isFlushDue() {
        return (wasQuiet && isQuietSinceLook())
                || parts.filledBytesPerNano().getAsDouble() < BURST_BYTES_PER_NANO
                || parts.debtBytes().getAsLong() > parts.debtBytesFree()
                || parts.logBytes().getAsLong() > parts.logBytesFree()
                || !parts.hasIdleMemtable().getAsBoolean();
    }

    private boolean isQuietSinceLook() {
        return parts.writtenBytes().getAsLong() - bytesSeen <= parts.quietBytesMax();
    }

    /** Notes a flush. For the one that flushes. */
    public void flushed(long bytes, long nanos) {
        double rate = (double) bytes / Math.max(1, nanos);
        double before = flushBytesPerNano;
        flushBytesPerNano = before == 0 ? rate : (before + rate) / 2;
    }

    /** How fast may be written, infinity for no bound. */
    public double writeBytesPerNano() {
        double share = (double) parts.debtBytes().getAsLong() / parts.debtBytesMax();
        if (share <= FREE_SHARE || flushBytesPerNano == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double fall = Math.min(1, (share - FREE_SHARE) / (1 - FREE_SHARE));
        return flushBytesPerNano
                * (RATE_SHARE_AT_FREE - fall * (RATE_SHARE_AT_FREE - RATE_SHARE_AT_FULL));
    }
}
