package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;

/** One bin behind a lock: for medium sizes, and for small ones when no shard is to be had. */
final class Bucket {

    /*
     * The lock is the bucket's monitor, which is given back without a call. A cell that was taken
     * stands in undelivered until the very last store: when an Error comes in between, the next who
     * has the lock takes it back.
     */

    /** A wait longer than this counts as contention. */
    private static final long CONTENTION_NANOS = 1_000;

    /** Holds are timed once in so many, since reading the clock costs more than most holds. */
    private static final int TIMED_ONCE_IN = 16;

    private final Bin bin;

    /** A guess whether the lock is taken, so that waiting for it is timed. */
    private volatile boolean taken;

    // Guarded by this, read by everybody.
    private long undelivered;
    private long waitNanos;
    private long holdNanos;
    private long acquisitions;
    private long contention;

    Bucket(SlabTable table, SizeClasses classes, int sizeClass) {
        this.bin = new Bin(table, classes, sizeClass, null);
    }

    Bin bin() {
        return bin;
    }

    /** A cell, or 0 when there is none. */
    long allocate() {
        long waitStartNanos = taken ? System.nanoTime() : 0;
        synchronized (this) {
            long startNanos = acquired(waitStartNanos);
            long handle = bin.allocate();
            undelivered = handle;
            released(startNanos);
            undelivered = 0;
            return handle;
        }
    }

    /** Frees a cell; answers false, and does nothing, when it is not live. */
    boolean free(Slab slab, long handle) {
        long waitStartNanos = taken ? System.nanoTime() : 0;
        synchronized (this) {
            long startNanos = acquired(waitStartNanos);
            boolean freed = bin.free(slab, handle);
            released(startNanos);
            return freed;
        }
    }

    synchronized void trim() {
        undo();
        bin.trim();
    }

    /** Takes in everything that was freed and gives back everything that is empty. */
    synchronized void releaseEmpty() {
        undo();
        bin.trim();
        bin.releaseEmpty();
    }

    synchronized void forget() {
        undelivered = 0;
        bin.forget();
    }

    BucketStats stats(long[] deferredByBin) {
        return new BucketStats(
                bin.stats(deferredByBin), waitNanos, holdNanos, acquisitions, contention);
    }

    private void undo() {
        long handle = undelivered;
        if (handle != 0) {
            StackRoom.require();
            undelivered = 0;
            bin.undo(handle);
        }
    }

    /** The lock was taken; answers when, or 0 when this hold is not timed. */
    private long acquired(long waitStartNanos) {
        undo();
        taken = true;
        if (waitStartNanos != 0) {
            long waitedNanos = System.nanoTime() - waitStartNanos;
            waitNanos += waitedNanos;
            if (waitedNanos > CONTENTION_NANOS) {
                contention++;
            }
        }
        return acquisitions++ % TIMED_ONCE_IN == 0 ? System.nanoTime() : 0;
    }

    private void released(long startNanos) {
        taken = false;
        if (startNanos != 0) {
            holdNanos += (System.nanoTime() - startNanos) * TIMED_ONCE_IN;
        }
    }
}
