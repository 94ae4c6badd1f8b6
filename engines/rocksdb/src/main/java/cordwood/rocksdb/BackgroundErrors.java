package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.function.LongSupplier;

/**
 * Notices that a flush or compaction failed, after some of which RocksDB itself would go on
 * writing. Belongs to one thread.
 *
 * <p>It asks for RocksDB's count of failures, now and then. RocksDB could call back instead, but
 * its Java side knows only some of the reasons and loses the other calls.
 */
final class BackgroundErrors {

    private static final long PAUSE_NANOS = 50_000_000;

    private final LongSupplier failureCount;
    private final LongSupplier clockNanos;
    private long askedNanos;

    BackgroundErrors(LongSupplier failureCount, LongSupplier clockNanos) {
        this.failureCount = failureCount;
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
        if (count > 0) {
            throw new StoreException.Failed(
                    ("writes stopped until the store is opened again: RocksDB counts %,d failed"
                                    + " flushes and compactions, and its file LOG says why")
                            .formatted(count),
                    Outcome.NOT_APPLIED,
                    null);
        }
    }
}
