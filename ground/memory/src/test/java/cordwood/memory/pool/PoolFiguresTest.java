package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Memory;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.memory.TestMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** After a scripted workload every counter has exactly the value the script gives it. */
final class PoolFiguresTest {

    private final Memory memory = TestMemory.unattended(32 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));

    @AfterEach
    void close() {
        pool.close();
        memory.close();
    }

    @Test
    void countersAreExactAfterAScriptedWorkload() {
        long[] handles = new long[2_000];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = pool.allocate(64); // 1,024 cells to a slab
        }
        for (int i = 0; i < 500; i++) {
            pool.free(handles[i]);
        }
        OtherThread.run(() -> {
            pool.free(pool.allocate(200));
            for (int i = 500; i < 1_200; i++) {
                pool.free(handles[i]);
            }
        });
        long medium = pool.allocate(4_096);
        long huge = pool.allocate(2 << 20);
        long aligned = pool.allocate(100, 256);
        pool.free(huge);

        PoolStats stats = pool.stats();
        BinStats bin = stats.shards().get(mine(stats)).bins().get(4);
        assertThat(bin.cellBytes()).isEqualTo(64);
        assertThat(bin.allocations()).isEqualTo(2_000);
        assertThat(bin.localFrees()).isEqualTo(500);
        assertThat(bin.remoteFrees()).isEqualTo(700);
        assertThat(bin.deferred()).isEqualTo(700);
        assertThat(bin.inUse()).isEqualTo(1_500);
        assertThat(bin.highWater()).isEqualTo(2_000);
        assertThat(bin.refills()).isEqualTo(2);
        assertThat(bin.slabs()).isEqualTo(2);
        assertThat(bin.freeNodes()).isEqualTo(2 * 1_024 - 1_500);
        assertThat(bin.occupancy()).isBetween(0.7, 0.8);
        ShardStats other = stats.shards().get(1 - mine(stats));
        assertThat(other.crossFrees()).isEqualTo(700);
        assertThat(other.bins().get(8).localFrees()).isEqualTo(1);
        assertThat(stats.shardAllocHits()).isEqualTo(2_001);
        assertThat(stats.shardAllocMisses()).isZero();
        assertThat(stats.shardLocalFrees()).isEqualTo(501);
        assertThat(stats.shardRemoteFrees()).isEqualTo(700);
        assertThat(stats.shardDeferredTotal()).isEqualTo(700);
        assertThat(stats.buckets().get(9 + 3).bin().inUse()).isEqualTo(1);
        assertThat(stats.buckets().get(9 + 3).lockAcquisitions())
                .isEqualTo(2); // A slab came between.
        assertThat(stats.fallback().allocs()).containsExactly(0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(stats.fallback().frees()).containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(stats.allocSizes()).containsExactly(2_000L, 1L, 1L, 0L, 0L, 0L, 1L, 0L, 1L);
        assertThat(stats.freeSizes()).containsExactly(1_200L, 0L, 1L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(stats.inUse()).isEqualTo(1_502);

        pool.trim();
        BinStats drained = pool.stats().shards().get(mine(stats)).bins().get(4);
        assertThat(drained.deferred()).isZero();
        assertThat(drained.remoteFrees()).isEqualTo(700);
        assertThat(drained.localFrees()).isEqualTo(500);
        assertThat(drained.inUse()).isEqualTo(800);
        assertThat(drained.highWater()).isEqualTo(2_000);

        for (int i = 1_200; i < handles.length; i++) {
            pool.free(handles[i]);
        }
        pool.free(medium);
        pool.free(aligned);
        assertThat(pool.stats().inUse()).isZero();
        Settled.await(pool);
        assertThat(pool.stats().memory().poolBytes()).isZero();
        assertThat(pool.stats().memory().poolPeakBytes()).isPositive();
    }

    @Test
    void retiredCellsAreCountedUntilNoPinHoldsThem() {
        long ticket = memory.epochs().enter();
        for (int i = 0; i < 100; i++) {
            pool.retire(pool.allocate(64));
        }
        PoolStats held = pool.stats();
        assertThat(held.retired().waiting()).isEqualTo(100);
        assertThat(held.retired().heldBytes()).isEqualTo(6_400);
        assertThat(held.epochs().pinned()).isEqualTo(1);
        assertThat(held.inUse()).isEqualTo(100);
        memory.epochs().leave(ticket);
        pool.trim();
        PoolStats after = pool.stats();
        assertThat(after.retired()).isEqualTo(new RetireStats(100, 0, 0));
        assertThat(after.inUse()).isZero();
        assertThat(after.shardRemoteFrees()).isEqualTo(100);
    }

    @Test
    void smallCellServedByABucketIsAMissWhereverItWasFound() {
        List<Region> rest = new ArrayList<>();
        try (SmallPool one = SmallPool.open(memory, PoolOptions.defaults().withShards(1))) {
            LocalPool local = one.local();
            OtherThread.run(() -> one.allocate(16)); // No shard is to be had.
            local.close();
            Account account = memory.budget().account("other");
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    rest.add(memory.chunks().region(account, Chunks.GRANULE_BYTES));
                                }
                            })
                    .isInstanceOf(MemoryRefused.class);
            for (int i = 0; i < 100; i++) {
                one.allocate(16); // No shard gets a slab.
            }
            PoolStats stats = one.stats();
            assertThat(PoolStats.sum(stats.allocSizes())).isEqualTo(101);
            assertThat(stats.shardAllocMisses()).isEqualTo(101);
            assertThat(stats.shardAllocHits()).isZero();
        }
        rest.forEach(Region::close);
    }

    @Test
    void resizesAreCountedBySizeOfTheCell() {
        try (SmallPool coarse = SmallPool.open(memory, new PoolOptions(1, List.of(512), false));
                SmallPool checked =
                        SmallPool.open(memory, new PoolOptions(1, List.of(512), true))) {
            assertResizesAreOfTheCells(coarse, List.of(0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L, 0L));
            assertResizesAreOfTheCells(checked, List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
        }
    }

    private static void assertResizesAreOfTheCells(SmallPool cells, List<Long> resizes) {
        long handle = cells.resize(cells.allocate(20), 30); // of 512 bytes either way
        List<Long> before = cells.stats().remaps();
        handle = cells.resize(handle, 1_100); // of 2,048
        long single = cells.resize(cells.allocate(100, 256), 3_000); // of 3,000
        PoolStats stats = cells.stats();
        assertThat(stats.resizes()).isEqualTo(resizes);
        assertThat(before).startsWith(0L, 0L, 0L).endsWith(0L, 0L, 0L, 0L, 0L);
        assertThat(stats.remaps().subList(4, 9)).containsExactly(0L, 1L, 1L, 0L, 0L);
        cells.free(handle);
        cells.free(single);
    }

    @Test
    void contentionOnABucketIsCounted() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 50_000; i++) {
                                    pool.free(pool.allocate(1_000));
                                }
                            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        BucketStats bucket = pool.stats().buckets().get(9 + 1);
        assertThat(bucket.bin().allocations()).isEqualTo(200_000);
        assertThat(bucket.lockAcquisitions())
                .isBetween(400_000L, 400_000 + 2 * bucket.bin().refills() + threads.length);
        assertThat(bucket.lockHoldNanos()).isPositive();
        assertThat(bucket.lockContention()).isLessThanOrEqualTo(bucket.lockAcquisitions());
        assertThat(bucket.lockWaitNanos()).isGreaterThanOrEqualTo(1_000 * bucket.lockContention());
    }

    @Test
    void figuresHaveTheirNamesInTextAndJson() {
        pool.allocate(20);
        pool.allocate(600);
        pool.allocate(2 << 20);
        String json = pool.stats().toJson();
        assertThat(json)
                .startsWith("{\"allocator_mode\":\"small_pool\",\"small_pool\":{")
                .contains(
                        "\"shard_enabled\":true,\"shard_count\":2,\"shard_alloc_hits\":1,"
                                + "\"shard_alloc_misses\":0",
                        "\"shard_deferred_total\":0,\"shard_epoch_current\":",
                        "\"shard_epoch_min\":",
                        "\"fallback\":{\"allocs\":1,\"frees\":0,\"resizes\":0,\"remaps\":0,"
                                + "\"size_buckets\":[{\"count\":0,\"upper_bound\":64}",
                        "{\"count\":1,\"upper_bound\":null}]",
                        "{\"size\":24,\"alloc_size\":24,\"allocations\":1,\"in_use\":1,"
                                + "\"high_water\":1,\"refills\":1,\"slabs\":1,",
                        "\"free_nodes\":2729",
                        "\"lock_wait_ns_total\":0,\"lock_hold_ns_total\":",
                        "\"lock_acquisitions\":2,\"lock_contention\":0",
                        "\"rss_bytes\":")
                .endsWith("}}}");
        assertThat(json.chars().filter(c -> c == '{').count())
                .isEqualTo(json.chars().filter(c -> c == '}').count());
        String text = pool.stats().toText();
        assertThat(text)
                .contains(
                        "small_pool shard_enabled=true shard_count=2 shard_alloc_hits=1",
                        "small_pool.fallback allocs=1 frees=0",
                        "small_pool.buckets size=1024 alloc_size=1024 allocations=1 in_use=1",
                        "small_pool.sizes.allocs count=1 upper_bound=64",
                        "small_pool.memory pool_bytes=");
    }

    @Test
    void snapshotIsSafeWhileEverythingRuns() throws InterruptedException {
        Thread[] threads = new Thread[3];
        for (int t = 0; t < threads.length; t++) {
            threads[t] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 200_000; i++) {
                                    pool.free(pool.allocate(16 + (i & 127)));
                                }
                            });
        }
        long allocations = 0;
        int snapshots = 0;
        while (threads[0].isAlive() || snapshots < 3) {
            long now = PoolStats.sum(pool.stats().allocSizes());
            assertThat(now).isGreaterThanOrEqualTo(allocations);
            allocations = now;
            snapshots++;
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(PoolStats.sum(pool.stats().allocSizes())).isEqualTo(600_000);
        assertThat(pool.stats().inUse()).isEqualTo(pool.stats().shardDeferredTotal());
    }

    private static int mine(PoolStats stats) {
        return stats.shards().get(0).bins().get(4).allocations() > 0 ? 0 : 1;
    }
}
