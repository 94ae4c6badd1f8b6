package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ThreadDeathTest {

    private final Memory memory = TestMemory.unattended(32 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(4));

    @AfterEach
    void close() {
        Settled.await(pool);
        pool.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void shardOfADeadThreadIsAdoptedWithItsCells() {
        long left = OtherThread.call(() -> pool.allocate(64));
        int slab = Handle.slab(left, 0);
        Set<Integer> slabs = new HashSet<>();
        List<Long> handles = new ArrayList<>();
        onLivingThreads(
                4,
                () -> {
                    long handle = pool.allocate(64);
                    synchronized (slabs) {
                        slabs.add(Handle.slab(handle, 0));
                        handles.add(handle);
                    }
                });
        assertThat(slabs).hasSize(4).contains(slab);
        pool.free(left);
        handles.forEach(pool::free);
    }

    @Test
    void openLocalPoolOfADeadThreadGivesItsShardBack() {
        for (int i = 0; i < 20; i++) {
            long left = OtherThread.call(() -> pool.local().allocate(64));
            pool.free(left);
            pool.trim();
            assertThat(pool.stats().shards()).noneMatch(ShardStats::leased);
            assertThat(pool.stats().inUse()).isZero();
        }
    }

    @Test
    void livingThreadsHaveDifferentShardsWhileThereAreAny() {
        for (int i = 0; i < 50; i++) {
            OtherThread.run(() -> pool.free(pool.allocate(16)));
        }
        Set<Integer> slabs = new HashSet<>();
        List<Long> handles = new ArrayList<>();
        onLivingThreads(
                4,
                () -> {
                    for (int i = 0; i < 3; i++) {
                        long handle = pool.allocate(128);
                        synchronized (slabs) {
                            slabs.add(Handle.slab(handle, 0));
                            handles.add(handle);
                        }
                    }
                });
        assertThat(slabs).hasSize(4);
        handles.forEach(pool::free);
    }

    @Test
    void moreThreadsThanShardsShareThem() {
        List<Long> handles = new ArrayList<>();
        onLivingThreads(
                20,
                () -> {
                    for (int i = 0; i < 1_000; i++) {
                        long handle = pool.allocate(16 + i % 100);
                        synchronized (handles) {
                            handles.add(handle);
                        }
                    }
                });
        assertThat(handles).hasSize(20_000).doesNotHaveDuplicates();
        handles.forEach(pool::free);
    }

    /** Runs the work on that many threads, none of which dies before all have done it. */
    private static void onLivingThreads(int count, Runnable work) {
        CountDownLatch done = new CountDownLatch(count);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                work.run();
                                done.countDown();
                                await(done);
                            }));
        }
        await(done);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
