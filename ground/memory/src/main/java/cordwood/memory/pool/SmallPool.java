package cordwood.memory.pool;

import cordwood.memory.Memory;

/**
 * An allocator of small objects that many threads make and other threads free: the default mode.
 *
 * <p>Sizes up to the largest small class come from the thread's shard, or else from a bucket, which
 * has a lock; sizes up to 1 MiB from a bucket; larger ones, and alignments over 64, from a region
 * of their own: the fallback, which is counted. Unless checked, a cell of more than 1 MiB that
 * shrinks, and is more than that still, stays where it is and gives back what is behind.
 */
public interface SmallPool extends CellPool {

    /** The name of its mode, and of the account it is charged to. */
    String MODE = "small_pool";

    /**
     * Opens a pool on {@code memory}, charged to the account {@code small_pool}.
     *
     * @throws IllegalArgumentException when its shards cannot be built
     */
    static SmallPool open(Memory memory, PoolOptions options) {
        ShardedPool pool = ShardedPool.open(memory, options);
        try {
            return options.checked() ? new CheckedPool(pool) : pool;
        } catch (Throwable refused) {
            pool.close();
            throw refused;
        }
    }
}
