package cordwood.rocksdb;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.AllocatorModes;
import cordwood.memory.pool.AllocatorUnavailable;
import cordwood.memory.pool.CellPool;
import cordwood.memory.pool.PoolOptions;
import cordwood.store.AllocatorChoice;
import cordwood.store.StoreException;

/** The store's small off-heap memory of ours: what batches pass to native code goes through it. */
final class Cells implements AutoCloseable {

    private final Memory memory;
    private final CellPool pool;

    private Cells(Memory memory, CellPool pool) {
        this.memory = memory;
        this.pool = pool;
    }

    /**
     * Opens the memory.
     *
     * @throws StoreException.Invalid when there is no such allocator, or it cannot work here
     */
    static Cells open(long bytesMax, AllocatorChoice choice) {
        Memory memory = Memory.open(MemoryOptions.ofBudget(bytesMax));
        boolean opened = false;
        try {
            CellPool pool =
                    AllocatorModes.named(choice.mode())
                            .open(
                                    memory,
                                    PoolOptions.defaults().withShards(choice.shards()),
                                    choice.options());
            opened = true;
            return new Cells(memory, pool);
        } catch (AllocatorUnavailable | IllegalArgumentException e) {
            throw new StoreException.Invalid("allocator: " + e.getMessage());
        } finally {
            if (!opened) {
                memory.close();
            }
        }
    }

    CellPool pool() {
        return pool;
    }

    /** Bytes taken from the system. */
    long bytes() {
        return memory.budget().usedBytes();
    }

    @Override
    public void close() {
        pool.close();
        memory.close();
    }
}
