package cordwood.memory.pool;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which slabs have retired cells, by generation of retirement: a stack of slabs, each with a list
 * of its cells.
 */
final class RetiredSlabs implements RetiredLists {

    // Behind the one step that can fail there are only stores, and no call: see Slab.retire.

    private final SlabTable table;
    private final LongPredicate end;

    /** By generation. Guarded by the lock of RetiredCells. */
    private final @Nullable Slab[] firsts = new @Nullable Slab[2];

    /** With what ends the life of a cell; false means that it is still used. */
    RetiredSlabs(SlabTable table, LongPredicate end) {
        this.table = table;
        this.end = end;
    }

    @Override
    public int push(int generation, long handle) {
        Slab slab = table.find(handle);
        if (slab.retire(generation, handle)) {
            slab.nextRetired[generation] = firsts[generation];
            firsts[generation] = slab;
        }
        return slab.cellBytes;
    }

    @Override
    public void pushAgain(int generation, long handle) {
        Slab slab = table.find(handle);
        if (slab.retireAgain(generation, handle)) {
            slab.nextRetired[generation] = firsts[generation];
            firsts[generation] = slab;
        }
    }

    @Override
    public long pop(int generation) {
        long handle = 0;
        Slab slab = firsts[generation];
        while (handle == 0 && slab != null) {
            handle = slab.unretire(generation);
            if (!slab.hasRetired(generation)) {
                firsts[generation] = slab.nextRetired[generation];
                slab.nextRetired[generation] = null;
            }
            slab = firsts[generation];
        }
        return handle;
    }

    @Override
    public int bytes(long handle) {
        return table.find(handle).cellBytes;
    }

    @Override
    public boolean free(long handle) {
        return end.test(handle);
    }
}
