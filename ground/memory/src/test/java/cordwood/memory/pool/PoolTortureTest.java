package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("trial")
final class PoolTortureTest {

    private static final Duration DURATION =
            TestSeed.LONG ? Duration.ofSeconds(60) : Duration.ofSeconds(3);

    @Test
    void cookiesStayIntactWhileCellsChangeHandsAndThreadsDie() throws InterruptedException {
        torture(MemoryOptions.ofBudget(256 << 20), PoolOptions.defaults(), DURATION);
    }

    @Test
    void cookiesStayIntactInBucketsAlone() throws InterruptedException {
        torture(
                MemoryOptions.ofBudget(256 << 20),
                PoolOptions.defaults().withShards(0),
                DURATION.dividedBy(3));
    }

    @Test
    void cookiesStayIntactInCheckedMode() throws InterruptedException {
        torture(
                MemoryOptions.ofBudget(256 << 20).withChecked(true),
                PoolOptions.defaults().withChecked(true),
                DURATION.dividedBy(3));
    }

    /** Somebody is refused all the time: shards are visited, and their holders asked to look up. */
    @Test
    void cookiesStayIntactWhileEverybodyIsAskedToGiveBack() throws InterruptedException {
        MemoryOptions options = MemoryOptions.ofBudget(256 << 20);
        try (Memory memory = Memory.open(options)) {
            SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(8));
            Account greedy = memory.budget().account("greedy");
            AtomicBoolean stop = new AtomicBoolean();
            long pinned = pool.allocate(16);
            Thread asking =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!stop.get()) {
                                    assertThat(greedy.tryReserve(options.budgetBytes())).isFalse();
                                }
                            });
            try {
                torture(memory, pool, DURATION);
            } finally {
                stop.set(true);
                asking.join();
            }
            pool.free(pinned);
            settle(memory, pool);
        }
    }

    private static void torture(MemoryOptions options, PoolOptions poolOptions, Duration duration)
            throws InterruptedException {
        try (Memory memory = Memory.open(options)) {
            SmallPool pool = SmallPool.open(memory, poolOptions);
            torture(memory, pool, duration);
            settle(memory, pool);
        }
    }

    private static void torture(Memory memory, SmallPool pool, Duration duration)
            throws InterruptedException {
        PoolTorture torture = new PoolTorture(pool);
        torture.run(7, duration);
        assertThat(torture.operations()).isGreaterThan(1_000);
        assertThat(torture.doubleFreesDetected()).isPositive();
        assertThat(memory.upkeepFailure()).isNull();
    }

    private static void settle(Memory memory, SmallPool pool) {
        Settled.await(pool);
        PoolStats stats = pool.stats();
        assertThat(pool.leaks()).isEmpty();
        assertThat(stats.inUse()).as("%s%n%s", TestSeed.rerun(), stats.toText()).isZero();
        assertThat(stats.shardDeferredTotal()).isZero();
        assertThat(PoolStats.sum(stats.allocSizes())).isEqualTo(PoolStats.sum(stats.freeSizes()));
        assertThat(memory.upkeepFailure()).isNull();
        assertThat(memory.budget().account("small_pool").usedBytes()).isZero();
        pool.close();
    }
}
