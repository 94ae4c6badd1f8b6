/**
 * Allocators of cells that many threads make and other threads free: the contract, the sharded
 * small pool, and what native modes are built on.
 *
 * <p>In reading order: {@link cordwood.memory.pool.CellPool} is what is used, by the name of an
 * {@link cordwood.memory.pool.AllocatorMode}. {@link cordwood.memory.pool.SmallPool} is the default
 * mode, {@link cordwood.memory.pool.LocalPool} one thread's way into it. {@code ShardedPool} sends
 * every request where it belongs; {@code Shard} and {@code Bucket} are the two ways of owning a
 * {@code Bin}, which is a size class's {@code Slab}s; {@code DeferredList} is how cells come back
 * from other threads; {@code Handle} and {@code SlabTable} find a cell and its owner. {@code
 * CheckedPool} finds mistakes. {@link cordwood.memory.pool.PoolStats} says everything there is to
 * know.
 *
 * <p>{@link cordwood.memory.pool.NativePool} gives a native library's allocations checked handles,
 * kept in an {@code AddressTable}, and reserves them against the budget. Which library that is, and
 * every call of it, is another room's business: nothing here uses a restricted method.
 */
package cordwood.memory.pool;
