package cordwood.memory.pool;

import java.util.concurrent.locks.ReentrantLock;

/** One bin behind a lock: for medium sizes, and for small ones when no shard is to be had. */
final class Bucket {

    /** A wait longer than this counts as contention. */
    private static final long CONTENTION_NANOS = 1_000;

    /** Holds are timed once in so many, since reading the clock costs more than most holds. */
    private static final int TIMED_ONCE_IN = 16;

    private final Bin bin;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock, read by everybody.
    private long waitNanos;
    private long holdNanos;
    private long acquisitions;
    private long contention;

    Bucket(SlabTable table, SizeClasses classes, int sizeClass) {
        this.bin = new Bin(table, classes, sizeClass, null);
    }

    /** A cell; throws when memory is refused. */
    long allocate() {
        long startNanos = acquire();
        try {
            return bin.allocate();
        } finally {
            release(startNanos);
        }
    }

    void free(Slab slab, long handle) {
        long startNanos = acquire();
        try {
            bin.free(slab, handle);
        } finally {
            release(startNanos);
        }
    }

    void trim() {
        lock.lock();
        try {
            bin.trim();
        } finally {
            lock.unlock();
        }
    }

    void abandon() {
        lock.lock();
        try {
            bin.abandon();
        } finally {
            lock.unlock();
        }
    }

    BucketStats stats(long[] deferredByBin) {
        return new BucketStats(
                bin.stats(deferredByBin), waitNanos, holdNanos, acquisitions, contention);
    }

    /** Takes the lock; answers when, or 0 when this hold is not timed. */
    private long acquire() {
        if (!lock.tryLock()) {
            long startNanos = System.nanoTime();
            lock.lock();
            long waitedNanos = System.nanoTime() - startNanos;
            waitNanos += waitedNanos;
            if (waitedNanos > CONTENTION_NANOS) {
                contention++;
            }
        }
        return acquisitions++ % TIMED_ONCE_IN == 0 ? System.nanoTime() : 0;
    }

    private void release(long startNanos) {
        if (startNanos != 0) {
            holdNanos += (System.nanoTime() - startNanos) * TIMED_ONCE_IN;
        }
        lock.unlock();
    }
}
