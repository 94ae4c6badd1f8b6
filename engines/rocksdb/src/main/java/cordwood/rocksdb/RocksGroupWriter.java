package cordwood.rocksdb;

import cordwood.store.CommitGroup;
import cordwood.store.GroupWriter;
import cordwood.store.StoreException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Writes a group of batches as one batch of RocksDB's, and syncs the log where that is asked for.
 *
 * <p>Everything that may be refused comes before that one write. It refuses for want of room alone,
 * and then nothing of the group is there; any other failure of it ends writing.
 */
final class RocksGroupWriter implements GroupWriter {

    /** RocksDB looks for room every five seconds. */
    private static final long RESUME_NANOS_MAX = 12_000_000_000L;

    private static final long RESUME_POLL_NANOS = 50_000_000;

    /** Made before the heap is full. */
    private final StoreException.Busy noHeap =
            new StoreException.Busy("the heap has no room for the group");

    private final GroupTarget target;
    private final Families families;
    private final boolean synced;
    private final boolean resumes; // by itself, once there is room
    private final Upkeep upkeep;
    private final AtomicLong syncNanos = new AtomicLong();

    // confined to the committing step
    private final TrimPoints trims;
    private final BackgroundErrors errors;

    /**
     * A writer of one store's groups.
     *
     * @param backgroundFailures RocksDB's count of them
     */
    RocksGroupWriter(
            GroupTarget target,
            Families families,
            RocksOptions options,
            LongSupplier backgroundFailures,
            Upkeep upkeep) {
        this.target = target;
        this.families = families;
        this.synced = options.log().synced();
        this.resumes = options.paranoidChecks();
        this.errors =
                new BackgroundErrors(
                        resumes ? () -> 0 : backgroundFailures,
                        upkeep::isShortOfRoom,
                        System::nanoTime);
        this.upkeep = upkeep;
        this.trims = new TrimPoints(target::trimmedTo);
    }

    /** Time spent in syncing the log of groups that asked for it. */
    long syncNanos() {
        return syncNanos.get();
    }

    @Override
    public void write(CommitGroup group) {
        boolean trimsOnly = isTrimOnly(group);
        @Nullable StreamMarks trimmed;
        try (PreparedGroup prepared = prepared(group, trimsOnly)) {
            write(prepared, trimsOnly);
            trimmed = trims.written();
        } finally {
            trims.refused(); // unless they were written
        }
        for (int i = 0; i < group.size(); i++) {
            ((RocksBatch) group.batch(i)).wasApplied();
        }
        if (group.sync() && synced) {
            sync();
        }
        if (trimmed != null) {
            upkeep.trimmed(trimmed);
        }
    }

    private static boolean isTrimOnly(CommitGroup group) {
        boolean trimsOnly = true;
        for (int i = 0; i < group.size(); i++) {
            trimsOnly &= group.batch(i).isTrimOnly();
        }
        return trimsOnly;
    }

    private void makeRoom(CommitGroup group, boolean trimsOnly) {
        long bytes = 0;
        for (int i = 0; i < group.size(); i++) {
            bytes += ((RocksBatch) group.batch(i)).footprintBytes();
        }
        if (trimsOnly) {
            upkeep.makeRoomForTrims(bytes);
        } else {
            upkeep.requireRoomForPuts(bytes);
        }
    }

    /** Refuses a group that there is no room for, on the disk or on the heap. */
    private PreparedGroup prepared(CommitGroup group, boolean trimsOnly) {
        try {
            errors.throwIfAny();
            makeRoom(group, trimsOnly);
            return PreparedGroup.of(group, trims, families);
        } catch (OutOfMemoryError _) {
            throw noHeap;
        }
    }

    /**
     * Trims wait for RocksDB to resume, which they make room for: nothing else could be written.
     */
    private void write(PreparedGroup prepared, boolean trimsOnly) {
        long startNanos = System.nanoTime();
        StoreException failure = tryWrite(prepared, trimsOnly);
        while (failure instanceof StoreException.Full
                && trimsOnly
                && System.nanoTime() - startNanos < RESUME_NANOS_MAX) {
            LockSupport.parkNanos(RESUME_POLL_NANOS);
            failure = tryWrite(prepared, true);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable StoreException tryWrite(PreparedGroup prepared, boolean trimsOnly) {
        try {
            target.write(prepared.encoding());
            return null;
        } catch (RocksDBException e) {
            StoreException failure = resumes ? Problems.write(e) : Problems.stopped(e);
            if (failure instanceof StoreException.Full) {
                upkeep.foundFull(trimsOnly);
            }
            return failure;
        }
    }

    private void sync() {
        long startNanos = System.nanoTime();
        try {
            target.syncLog();
        } catch (RocksDBException e) {
            throw Problems.stopped(e);
        }
        syncNanos.lazySet(syncNanos.get() + System.nanoTime() - startNanos);
    }
}
