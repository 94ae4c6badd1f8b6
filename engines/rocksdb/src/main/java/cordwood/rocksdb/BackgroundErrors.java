package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Notices that a flush or compaction failed, after which RocksDB would go on writing: it does where
 * its paranoid checks are off. With them it stops by itself. Belongs to one thread.
 *
 * <p>It asks for RocksDB's count of failures, now and then. RocksDB could call back instead, but
 * its Java side knows only some of the reasons and loses the other calls. What fails while the disk
 * has no room is tried again, and excused.
 */
final class BackgroundErrors {

    private static final long PAUSE_NANOS = 50_000_000;

    private final LongSupplier failureCount;
    private final BooleanSupplier isShortOfRoom;
    private final LongSupplier clockNanos;
    private long askedNanos;
    private long excusedCount;

    BackgroundErrors(
            LongSupplier failureCount, BooleanSupplier isShortOfRoom, LongSupplier clockNanos) {
        this.failureCount = failureCount;
        this.isShortOfRoom = isShortOfRoom;
        this.clockNanos = clockNanos;
        this.askedNanos = clockNanos.getAsLong();
    }

    /** Throws when there was a failure, which is looked for when it is time to. */
    void throwIfAny() {
        long nowNanos = clockNanos.getAsLong();
        if (nowNanos - askedNanos < PAUSE_NANOS) {
            return;
        }
        askedNanos = nowNanos;
        long count = failureCount.getAsLong();
        if (count <= excusedCount) {
            return;
        }
        if (isShortOfRoom.getAsBoolean()) {
            excusedCount = count;
            return;
        }
        throw new StoreException.Failed(
                ("writes stopped until the store is opened again: RocksDB counts %,d failed"
                                + " flushes and compactions, and its file LOG says why")
                        .formatted(count - excusedCount),
                Outcome.NOT_APPLIED,
                null);
    }
}
