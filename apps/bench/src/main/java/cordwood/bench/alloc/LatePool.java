package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * The fault {@link Fault#LATE_DRAIN}: a way into a pool through which frees arrive late. Confined
 * to one thread.
 */
final class LatePool implements CellAllocator {

    /** Frees held back. */
    static final int HELD_CELLS = 1 << 20;

    private final CellAllocator pool;
    private final ArrayDeque<Long> held = new ArrayDeque<>();

    LatePool(CellAllocator pool) {
        this.pool = pool;
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        return pool.allocate(bytes, alignmentBytes);
    }

    @Override
    public void free(long handle) {
        held.addLast(handle);
        if (held.size() > HELD_CELLS) {
            pool.free(held.removeFirst());
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
