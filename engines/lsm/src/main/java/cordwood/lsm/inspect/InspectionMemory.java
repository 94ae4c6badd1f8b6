package cordwood.lsm.inspect;

import cordwood.lsm.format.Regions;
import cordwood.lsm.table.BlockCache;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;

/** The memory of one inspection, all of it within a budget. */
final class InspectionMemory implements AutoCloseable {

    private static final int WINDOW_BYTES = 1 << 20;
    private static final int CACHE_BYTES = 2 << 20;
    private static final int BLOCK_BYTES = 32 << 10;

    private final Memory memory;
    private final Account buffers;
    private final Account large;
    private final Region window;

    InspectionMemory(long budgetBytes) {
        memory = Memory.open(MemoryOptions.ofBudget(budgetBytes));
        buffers = memory.budget().account("buffers");
        large = memory.budget().account("large-values");
        Region taken = Regions.tryTake(memory.chunks(), buffers, WINDOW_BYTES);
        if (taken == null) {
            memory.close();
            throw new StoreException.Busy("the memory budget has no room for a buffer");
        }
        window = taken;
    }

    Chunks chunks() {
        return memory.chunks();
    }

    /** Pays for whole manifests. */
    Account buffers() {
        return buffers;
    }

    /** Pays for batches. */
    Account large() {
        return large;
    }

    Region window() {
        return window;
    }

    MemorySegment windowMemory() {
        return window.memory();
    }

    /** A cache for the blocks of one table; blocks that exceed a slot are paid by themselves. */
    BlockCache newCache() {
        Account cache = memory.budget().account("block-cache");
        return new BlockCache(memory.chunks(), cache, large, CACHE_BYTES, BLOCK_BYTES);
    }

    @Override
    public void close() {
        memory.close();
    }
}
