package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import cordwood.memory.pool.LocalPool;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/** As {@link PoolCells}, freed only when no reader is left that may have found them. */
final class RetiringCells implements Cells<long[]> {

    private final CellAllocator pool;
    private final AtomicLong published;

    /** Takes over {@code pool} when it is a local one. */
    RetiringCells(CellAllocator pool, AtomicLong published) {
        this.pool = pool;
        this.published = published;
    }

    @Override
    public long[] newSlots(int count) {
        return new long[count];
    }

    @Override
    public void allocate(long[] slots, int slot, int bytes) {
        slots[slot] = pool.allocate(bytes);
    }

    @Override
    public void touch(long[] slots, int slot) {
        long handle = slots[slot];
        pool.view(handle).set(ValueLayout.JAVA_LONG, 0, handle);
    }

    @Override
    public void free(long[] slots, int slot) {
        pool.retire(slots[slot]);
    }

    @Override
    public void move(long[] from, int fromSlot, long[] to, int toSlot) {
        to[toSlot] = from[fromSlot];
    }

    @Override
    public void publish(long[] slots, int slot) {
        published.setRelease(slots[slot]);
    }

    @Override
    public void unpublish() {
        published.set(0);
    }

    @Override
    public void close() {
        if (pool instanceof LocalPool local) {
            local.close();
        }
    }
}
