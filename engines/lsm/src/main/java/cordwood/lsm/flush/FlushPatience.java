package cordwood.lsm.flush;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Decides when sealed memtables are flushed. A burst that fits, writing about as fast as memtables
 * are flushed, is left without a flush beside it, which would take processors and the disk from it.
 * Flushing begins when much waits, when room runs out, or when writing slows down. Thread-safe.
 */
public final class FlushPatience {

    private static final double BURST_BYTES_PER_NANO = 0.6;

    /**
     * What is looked at.
     *
     * @param writtenBytes bytes written to the log since the store was opened
     * @param quietBytesMax how much is written between two looks when there is no burst
     * @param filledBytesPerNano how fast the memtable sealed last was filled
     * @param debtBytes bytes of sealed memtables
     * @param debtBytesFree how much of that may wait while there is writing; 0 to flush at once
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
            LongSupplier logBytes,
            long logBytesFree,
            BooleanSupplier hasIdleMemtable) {}

    private final Parts parts;
    private volatile boolean wasQuiet = true;
    private volatile long bytesSeen;

    /** Takes no burst to be under way. */
    public FlushPatience(Parts parts) {
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
    boolean isOver() {
        return (wasQuiet && isQuietSinceLook())
                || parts.filledBytesPerNano().getAsDouble() < BURST_BYTES_PER_NANO
                || parts.debtBytes().getAsLong() > parts.debtBytesFree()
                || parts.logBytes().getAsLong() > parts.logBytesFree()
                || !parts.hasIdleMemtable().getAsBoolean();
    }

    private boolean isQuietSinceLook() {
        return parts.writtenBytes().getAsLong() - bytesSeen <= parts.quietBytesMax();
    }
}
