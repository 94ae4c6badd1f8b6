package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ShardTableTest {

    private static final int THREADS = 1_500;

    private final Memory memory = TestMemory.unattended(32 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(4));

    @AfterEach
    void close() {
        pool.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    /** More threads than a table of a thousand seats: each has a home, and keeps it. */
    @Test
    void everyOfManyLivingThreadsKeepsItsHome() throws Exception {
        ShardTable table = new ShardTable(4, tableOf(), new SizeClasses(List.of(256)));
        List<Integer> homes = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier all = new CyclicBarrier(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    Shard home = table.home(Thread.currentThread());
                                    homes.add(home.number);
                                    all.await();
                                    assertThat(table.home(Thread.currentThread())).isEqualTo(home);
                                    all.await();
                                } catch (Throwable failure) {
                                    failures.add(failure);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        for (int shard = 0; shard < 4; shard++) {
            int number = shard;
            long residents = homes.stream().filter(home -> home == number).count();
            assertThat(residents).isEqualTo(THREADS / 4);
        }
    }

    @Test
    void threadsAtHomeOnALeasedShardMoveToAnother() throws InterruptedException {
        CountDownLatch leased = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        pool.free(pool.allocate(64));
        Thread idle =
                Thread.ofPlatform()
                        .start(() -> {
                            try (LocalPool local = pool.local();
                                    LocalPool second = pool.local();
                                    LocalPool third = pool.local()) {
                                leased.countDown();
                                over.await();
                                local.free(second.allocate(16));
                                third.free(0);
                            } catch (InterruptedException stop) {
                                throw new AssertionError(stop);
                            }
                        });
        leased.await();
        for (int i = 0; i < 1_000; i++) {
            pool.free(pool.allocate(64));
        }
        over.countDown();
        idle.join();
        PoolStats stats = pool.stats();
        assertThat(stats.shardAllocMisses()).isZero();
        assertThat(stats.shards().stream().mapToLong(ShardStats::failedClaims).sum())
                .isLessThan(10);
    }

    private SlabTable tableOf() {
        return new SlabTable(
                memory.chunks(), memory.budget().account("test"), HandleSeries.open(), false);
    }
}
