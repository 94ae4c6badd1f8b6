package cordwood.memory.pool;

import cordwood.memory.MemoryRefused;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One bin per small size class, owned by one thread at a time: for the length of one operation
 * (claimed) or until it gives it back (leased). Nobody waits for a shard; who cannot have one goes
 * elsewhere.
 */
final class Shard {

    private static final long FREE = 0;
    private static final long CLAIMED = 1;
    private static final long LEASED = 2;

    final int number;
    private final Bin[] bins;

    private final @Nullable Bin[] binsBySteps;

    private final PaddedLong owner = new PaddedLong();
    private final PaddedLong failedClaims = new PaddedLong();
    private final PaddedLong crossFrees = new PaddedLong();

    // Guarded by the lock of ShardTable.
    int residents;
    @Nullable Thread leaseholder;

    Shard(int number, SlabTable table, SizeClasses classes) {
        this.number = number;
        this.bins = new Bin[classes.smallCount()];
        for (int c = 0; c < bins.length; c++) {
            bins[c] = new Bin(table, classes, c, this);
        }
        this.binsBySteps = new Bin[SizeClasses.steps(classes.smallBytesMax()) + 1];
        for (int step = 1; step < binsBySteps.length; step++) {
            binsBySteps[step] = bins[classes.smallBySteps(step)];
        }
    }

    /** Becomes the owner for a moment, unless somebody is. */
    boolean tryClaim() {
        if (owner.compareAndSet(FREE, CLAIMED)) {
            return true;
        }
        failedClaims.add(1);
        return false;
    }

    /** Ends a claim or a lease: what was done under it happens before the next one. */
    void giveUp() {
        owner.setRelease(FREE);
    }

    /** Becomes the owner for long, waiting for one operation of another, but not for a lease. */
    boolean tryLease() {
        while (!owner.compareAndSet(FREE, LEASED)) {
            if (owner.get() == LEASED) {
                return false;
            }
            LockSupport.parkNanos(1_000);
        }
        return true;
    }

    boolean isLeased() {
        return owner.get() == LEASED;
    }

    Bin bin(int sizeClass) {
        return bins[sizeClass];
    }

    /** The owner takes a cell: its handle, or 0 when memory was refused. */
    long allocate(int sizeClass) {
        try {
            return bins[sizeClass].allocate();
        } catch (MemoryRefused refused) {
            return 0;
        }
    }

    /**
     * The bin for every small size, by the size in steps: null for none. For the owner; not to be
     * changed.
     */
    @Nullable Bin[] binsBySteps() {
        return binsBySteps;
    }

    /** The owner takes in what was freed from outside, and gives back what it does not use. */
    void trim() {
        for (Bin bin : bins) {
            bin.trim();
        }
    }

    void abandon() {
        for (Bin bin : bins) {
            bin.abandon();
        }
    }

    /**
     * Counts a free, from a thread at home here, of another shard's cell. Threads that share a home
     * may lose some: a count is not worth what an atomic one costs each free.
     */
    void countCrossFree() {
        crossFrees.addLoosely(1);
    }

    ShardStats stats(long[] deferredByBin) {
        BinStats[] stats = new BinStats[bins.length];
        for (int c = 0; c < bins.length; c++) {
            stats[c] = bins[c].stats(deferredByBin);
        }
        return new ShardStats(
                number, isLeased(), failedClaims.get(), crossFrees.get(), List.of(stats));
    }
}
