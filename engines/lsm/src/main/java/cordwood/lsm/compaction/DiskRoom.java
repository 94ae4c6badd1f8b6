package cordwood.lsm.compaction;

import cordwood.files.FileFailure;
import cordwood.lsm.format.DiskBudget;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.wal.SegmentPool;
import cordwood.store.StoreException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The room on the disk that merges write into: what the budget leaves to them, what is free, and,
 * lent to a merge that gives more back, what is kept ready for puts. Belongs to the step that
 * merges.
 */
public final class DiskRoom {

    private final DiskBudget budget;
    private final LongSupplier usableBytes;
    private final @Nullable SegmentPool segments;

    /**
     * The room of a store.
     *
     * @param usableBytes what the file system has left: a guess, on which only depends which merges
     *     are tried first, and whether something is lent
     * @param segments who keeps room ready for puts; null for nobody
     */
    public DiskRoom(DiskBudget budget, LongSupplier usableBytes, @Nullable SegmentPool segments) {
        this.budget = budget;
        this.usableBytes = usableBytes;
        this.segments = segments;
    }

    /** No bound. */
    public static DiskRoom unlimited() {
        return new DiskRoom(DiskBudget.unlimited(), () -> Long.MAX_VALUE, null);
    }

    /** Most bytes that a merge may read, and so write, within the budget. */
    long readBytesMax() {
        return budget.mergeBytesMax();
    }

    /** Bytes that are free on the disk. */
    long freeBytes() {
        try {
            return usableBytes.getAsLong();
        } catch (FileFailure _) {
            return Long.MAX_VALUE; // it is tried, then
        }
    }

    /** Bytes that can be lent. */
    long lendableBytes() {
        return segments == null ? 0 : segments.lendableBytes();
    }

    /** As {@link DiskBudget#requireForMerge}. */
    void require(long bytes) {
        budget.requireForMerge(bytes);
    }

    /**
     * Does a merge that gives back more than it takes; where the disk is full once more, with what
     * can be lent, if that is enough.
     *
     * @param writtenBytes how much it writes, about
     */
    <T> T lentTo(long writtenBytes, Supplier<T> merge) {
        SegmentPool lender = segments;
        try {
            return merge.get();
        } catch (FileFailure e) {
            if (lender == null
                    || writtenBytes - lendableBytes() > freeBytes()
                    || !(StorageFailures.ofBackgroundWork(e) instanceof StoreException.Full full)
                    || !lender.tryLendAll(full)) {
                throw e;
            }
        }
        try {
            return merge.get();
        } finally {
            lender.takeAllBack();
        }
    }
}
