package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tests the original allocator came with, by their names there. */
final class SeedPoolTest {

    private final Memory memory = TestMemory.unattended(16 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));

    @AfterEach
    void close() {
        pool.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void oversizeFallsBack() {
        long handle = pool.allocate((1 << 20) + 16);
        assertThat(PoolStats.sum(pool.stats().fallback().allocs())).isEqualTo(1);
        pool.free(handle);
        assertThat(PoolStats.sum(pool.stats().fallback().frees())).isEqualTo(1);
    }

    @Test
    void shardAllocationHitsAreCounted() {
        pool.free(pool.allocate(32));
        PoolStats stats = pool.stats();
        assertThat(stats.shardEnabled()).isTrue();
        assertThat(stats.shardCount()).isEqualTo(2);
        assertThat(stats.shardAllocHits()).isEqualTo(1);
    }

    @Test
    void shardManagerAssignsPerThreadShards() {
        int mine = shardOfOneAllocation();
        assertThat(shardOfOneAllocation()).isEqualTo(mine);
        int other = OtherThread.call(this::shardOfOneAllocation);
        assertThat(other).isNotEqualTo(mine);
    }

    @Test
    void crossThreadFreeIsDeferredAndReclaimed() {
        long handle = pool.allocate(64);
        OtherThread.run(() -> pool.free(handle));
        assertThat(pool.stats().shardDeferredTotal()).isEqualTo(1);
        pool.trim();
        assertThat(pool.stats().shardDeferredTotal()).isZero();
        long again = pool.allocate(64);
        assertThat(Handle.cell(again)).isEqualTo(Handle.cell(handle));
        assertThat(Handle.slab(again, 0)).isEqualTo(Handle.slab(handle, 0));
        assertThat(again).isNotEqualTo(handle);
    }

    @Test
    void shardAllocatesAndFrees() {
        long first = pool.allocate(100);
        long second = pool.allocate(100);
        assertThat(first).isNotEqualTo(second);
        assertThat(pool.stats().inUse()).isEqualTo(2);
        pool.free(first);
        pool.free(second);
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void owningShardIsFoundFromTheHandle() {
        long handle = pool.allocate(48);
        int mine = shardOf(handle);
        OtherThread.run(() -> assertThat(shardOf(handle)).isEqualTo(mine));
    }

    @Test
    void snapshotShowsDeferredAndEpochsBeforeAndAfterReclaim() {
        long handle = pool.allocate(24);
        long ticket = memory.epochs().enter();
        pool.retire(handle);
        memory.epochs().advance();
        PoolStats before = pool.stats();
        assertThat(before.retired().waiting()).isEqualTo(1);
        assertThat(before.retired().heldBytes()).isEqualTo(24);
        assertThat(before.epochs().minObserved()).isLessThan(before.epochs().current());
        memory.epochs().leave(ticket);
        pool.trim();
        PoolStats after = pool.stats();
        assertThat(after.retired().waiting()).isZero();
        assertThat(after.epochs().minObserved()).isEqualTo(after.epochs().current());
        assertThat(after.inUse()).isZero();
    }

    private int shardOfOneAllocation() {
        long handle = pool.allocate(40);
        int shard = shardOf(handle);
        pool.free(handle);
        return shard;
    }

    private int shardOf(long handle) {
        Shard shard = ((ShardedPool) pool).slabOf(handle).bin.shard;
        return shard == null ? -1 : shard.number;
    }
}
