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

    /** What did not fit may once so large a part of it more is free. */
    private static final int MORE_FREE_DIVISOR = 8;

    private final DiskBudget budget;
    private final LongSupplier usableBytes;
    private final @Nullable SegmentPool segments;

    // of the last merge that was tried although there seemed to be no room for it, in vain
    private @Nullable FileFailure refusal;
    private long refusedFreeBytes;

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
     * Does a merge for which there seems to be no room: how much it writes is a guess. Where that
     * was in vain, the next one waits until more is free: each writes all there is before it fails.
     *
     * @param writtenBytes how much it writes, about
     */
    void tryBeyond(long writtenBytes, Runnable merge) {
        long freeBytes = freeBytes();
        FileFailure before = refusal;
        if (before != null && freeBytes < refusedFreeBytes + writtenBytes / MORE_FREE_DIVISOR) {
            throw before;
        }
        refusal = null;
        try {
            merge.run();
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.NO_SPACE) {
                refusal = e;
                refusedFreeBytes = freeBytes;
            }
            throw e;
        }
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
