package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * What is left of the disk for puts: what is free, less what a flush of the memtables would write,
 * what the log after that takes ahead, and a slack for trims. {@link #tryTake} and {@link
 * #foundFull} belong to the committing step, the rest to any thread.
 */
final class DiskRoom {

    private static final long UNKNOWN = Long.MAX_VALUE / 4;
    private static final long SLACK_BYTES_MAX = 8L << 20;
    private static final long LOG_SLACK_BYTES = 256L << 10;

    /** With more than this left, a compaction does not use it up unseen. */
    private static final long AMPLE_BYTES = 1L << 30;

    private static final long AMPLE_FOR_NANOS = 100_000_000;
    private static final long GOOD_FOR_NANOS = 5_000_000;

    private final Disk disk;
    private final Path tables;
    private final Path log;
    private final long logAheadBytes;
    private final Reserve reserve;
    private final LongSupplier memtableBytes;
    private final LongSupplier clockNanos;

    private volatile long refusedBytes; // most wanted by who was refused, until as much is served

    // confined to the committing step
    private long takeableBytes;
    private long askedNanos;

    /**
     * The room of a store.
     *
     * @param tables where the tables are
     * @param log where the log is, which may be another disk
     * @param logAheadBytes what a new log takes before anything is in it
     * @param memtableBytes what a flush would write
     */
    DiskRoom(
            Disk disk,
            Path tables,
            Path log,
            long logAheadBytes,
            Reserve reserve,
            LongSupplier memtableBytes,
            LongSupplier clockNanos) {
        this.disk = disk;
        this.tables = tables;
        this.log = log;
        this.logAheadBytes = logAheadBytes;
        this.reserve = reserve;
        this.memtableBytes = memtableBytes;
        this.clockNanos = clockNanos;
        this.askedNanos = clockNanos.getAsLong() - AMPLE_FOR_NANOS;
    }

    /** Takes room for a batch of so many bytes: for its log, and for its table later on. */
    boolean tryTake(long batchBytes) {
        long wantedBytes = 2 * batchBytes;
        long nowNanos = clockNanos.getAsLong();
        boolean isEnough = wantedBytes < takeableBytes;
        if (nowNanos - askedNanos
                        >= (takeableBytes > AMPLE_BYTES ? AMPLE_FOR_NANOS : GOOD_FOR_NANOS)
                || (!isEnough && takeableBytes > 0)) {
            takeableBytes = leftBytes();
            askedNanos = nowNanos;
            isEnough = wantedBytes < takeableBytes;
        }
        if (isEnough) {
            takeableBytes -= wantedBytes;
            if (wantedBytes >= refusedBytes) {
                refusedBytes = 0;
            }
        } else {
            refusedBytes = Math.max(refusedBytes, wantedBytes);
        }
        return isEnough;
    }

    /** Whether somebody was refused, and nobody served who wanted as much. */
    boolean isWanted() {
        return refusedBytes > 0;
    }

    /** Whether somebody was refused and would be again: then what can come back is to. */
    boolean isShort() {
        return leftBytes() <= refusedBytes;
    }

    /** Nothing is to be taken before the disk was asked again. */
    void foundFull() {
        takeableBytes = 0;
        askedNanos = clockNanos.getAsLong();
    }

    /** Bytes left for puts; none or less where the disk is short of room. */
    long leftBytes() {
        long free = freeBytes(tables);
        long kept = memtableBytes.getAsLong() + slackBytes();
        long left = free - kept - (Reserve.isRoomy(free) ? 0 : reserve.missingBytes());
        return isLogApart()
                ? Math.min(left, freeBytes(log) - LOG_SLACK_BYTES)
                : left - logAheadBytes;
    }

    private boolean isLogApart() {
        return !log.startsWith(tables);
    }

    /** Whether the log, on a disk of its own, is short of room: a flush gives it some. */
    boolean isLogFull() {
        return isLogApart() && freeBytes(log) < LOG_SLACK_BYTES;
    }

    /** Whether trims would not find room. */
    boolean isFull() {
        return freeBytes(tables) < slackBytes();
    }

    /** Whether a flush might not find room. */
    boolean isTooFullToFlush() {
        return bytesForCompactions() < 0;
    }

    /** What is left where the tables are once all memtables are flushed. */
    long bytesForCompactions() {
        return freeBytes() - memtableBytes.getAsLong() - slackBytes();
    }

    /** What is free where the tables are. */
    long freeBytes() {
        return freeBytes(tables);
    }

    /** Kept free for trims. */
    long slackBytes() {
        return Math.min(SLACK_BYTES_MAX, reserve.sizeBytes() / 4);
    }

    /** Where the disk cannot say, writing will tell. */
    private long freeBytes(Path place) {
        try {
            return disk.usableBytes(place);
        } catch (FileFailure e) {
            return UNKNOWN;
        }
    }
}
