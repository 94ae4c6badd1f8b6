package cordwood.memory.pool;

import cordwood.memory.Memory;
import java.util.List;

/**
 * An allocator of small objects that many threads make and other threads free.
 *
 * <p>Sizes up to the largest small class come from the thread's shard, or else from a bucket, which
 * has a lock; sizes up to 1 MiB from a bucket; larger ones, and alignments over 64, from a region
 * of their own: the fallback, which is counted.
 *
 * <p>Safe for use by any number of threads, virtual ones too.
 */
public interface SmallPool extends CellAllocator, AutoCloseable {

    /**
     * Opens a pool on {@code memory}, charged to the account {@code small_pool}.
     *
     * @throws IllegalArgumentException when its shards cannot be built
     */
    static SmallPool open(Memory memory, PoolOptions options) {
        ShardedPool pool = ShardedPool.open(memory, options);
        return options.checked() ? new CheckedPool(pool, pool.account()) : pool;
    }

    /** The calling thread's own way in. */
    LocalPool local();

    /** Runs one round of upkeep: takes in what was freed from outside and retired. */
    void trim();

    /** Every figure, without stopping anybody. */
    PoolStats stats();

    /** In checked mode, every live cell with the stack that allocated it; otherwise nothing. */
    List<Leak> leaks();

    /**
     * Gives all memory back, of live cells too. To be called when nobody uses the pool any more.
     */
    @Override
    void close();
}
