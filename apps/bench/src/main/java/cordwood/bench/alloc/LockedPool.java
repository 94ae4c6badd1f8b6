package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/** The fault {@link Fault#LOCK}: a way into a pool that everybody takes one after another. */
record LockedPool(CellAllocator pool, ReentrantLock lock) implements CellAllocator {

    /** So long that it is seen where a busy machine hardly lets two threads run at once. */
    private static final long HELD_NANOS = 1_000;

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        lock.lock();
        try {
            return pool.allocate(bytes, alignmentBytes);
        } finally {
            holdAndUnlock();
        }
    }

    @Override
    public void free(long handle) {
        lock.lock();
        try {
            pool.free(handle);
        } finally {
            holdAndUnlock();
        }
    }

    private void holdAndUnlock() {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < HELD_NANOS) {
            Thread.onSpinWait();
        }
        lock.unlock();
    }

    @Override
    public void retire(long handle) {
        pool.retire(handle);
    }

    @Override
    public long resize(long handle, int bytes) {
        return pool.resize(handle, bytes);
    }

    @Override
    public MemorySegment view(long handle) {
        return pool.view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        return pool.cellBytes(handle);
    }
}
