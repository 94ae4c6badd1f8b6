/**
 * The sharded small pool: small objects that many threads make and other threads free.
 *
 * <p>In reading order: {@link cordwood.memory.pool.SmallPool} is what is used, {@link
 * cordwood.memory.pool.LocalPool} one thread's way into it. {@code ShardedPool} sends every request
 * where it belongs; {@code Shard} and {@code Bucket} are the two ways of owning a {@code Bin},
 * which is a size class's {@code Slab}s; {@code DeferredList} is how cells come back from other
 * threads; {@code Handle} and {@code SlabTable} find a cell and its owner. {@code CheckedPool}
 * finds mistakes. {@link cordwood.memory.pool.PoolStats} says everything there is to know.
 */
package cordwood.memory.pool;
