package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/** The fault {@link Fault#LOCK}: a way into a pool that everybody takes one after another. */
record LockedPool(CellAllocator pool, ReentrantLock lock) implements CellAllocator {

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        lock.lock();
        try {
            return pool.allocate(bytes, alignmentBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void free(long handle) {
        lock.lock();
        try {
            pool.free(handle);
        } finally {
            lock.unlock();
        }
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
