package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is refused that is free anywhere: with nothing in use, everything can be had. */
final class RefusalTest {

    private static final int BUDGET_BYTES = 16 << 20;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));
    private final Account other = memory.budget().account("other");

    @AfterEach
    void close() {
        pool.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void oneCellOfAnySizeIsServedInASmallBudget() {
        try (Memory small = Memory.open(MemoryOptions.ofBudget(1 << 20));
                SmallPool cells = SmallPool.open(small, PoolOptions.defaults().withShards(2))) {
            for (int round = 0; round < 3; round++) {
                for (int bytes = 16; bytes <= 512 << 10; bytes *= 2) {
                    cells.free(cells.allocate(bytes));
                }
            }
            assertThat(cells.stats().inUse()).isZero();
        }
    }

    @Test
    void emptySlabsOfTheCallersOwnLocalPoolAreGivenBack() {
        try (LocalPool local = pool.local()) {
            for (int bytes = 16; bytes <= 256; bytes += 8) {
                local.free(local.allocate(bytes));
            }
            takeWholeBudget();
            local.free(local.allocate(16));
        }
    }

    @Test
    void emptySlabsOfAnotherThreadsIdleLocalPoolAreGivenBack() throws InterruptedException {
        CountDownLatch filled = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<Throwable> failures = new ArrayList<>();
        Thread idle =
                Thread.ofPlatform()
                        .start(() -> {
                            try (LocalPool local = pool.local()) {
                                allocateWhatOthersFree(local);
                                filled.countDown();
                                over.await();
                                local.free(local.allocate(256));
                            } catch (Throwable failure) {
                                failures.add(failure);
                            }
                        });
        filled.await();
        takeWholeBudget();
        over.countDown();
        idle.join();
        assertThat(failures).isEmpty();
    }

    @Test
    void cellsFreedToALocalPoolAtWorkAreGivenBack() throws InterruptedException {
        for (int bytes : new int[] {256, 16}) {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch filled = new CountDownLatch(1);
            Thread busy =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (LocalPool local = pool.local()) {
                                    allocateWhatOthersFree(local);
                                    filled.countDown();
                                    while (!stop.get()) {
                                        local.free(local.allocate(bytes));
                                    }
                                }
                            });
            filled.await();
            try {
                // All but what the one cell at work may take.
                awaitServed(BUDGET_BYTES / 2);
            } finally {
                stop.set(true);
                busy.join();
            }
        }
    }

    @Test
    void cellOfAnotherClassIsServedFromTheOneGranuleThereIs() {
        try (Memory tiny = Memory.open(new MemoryOptions(65_536 + 64, 65_536 + 64, false));
                SmallPool cells = SmallPool.open(tiny, PoolOptions.defaults().withShards(1));
                LocalPool local = cells.local()) {
            for (int round = 0; round < 20; round++) {
                local.free(local.allocate(16));
                local.free(local.allocate(32));
                cells.free(cells.allocate(48));
            }
        }
    }

    @Test
    void retiredCellsThatNoPinHoldsAreFreedBeforeARefusal() {
        for (int i = 0; i < 20_000; i++) {
            pool.retire(pool.allocate(256));
        }
        takeWholeBudget();
    }

    @Test
    void whatIsInUseIsRefusedByNameAndAmount() {
        long handle = pool.allocate(8 << 20);
        assertThatThrownBy(() -> pool.allocate(9 << 20))
                .isInstanceOf(BudgetExceeded.class)
                .hasMessageContaining("small_pool");
        assertThat(pool.stats().inUse()).isEqualTo(1);
        pool.free(handle);
    }

    @Test
    void refusedAllocationIsNoMiss() {
        other.reserve(BUDGET_BYTES);
        assertThatThrownBy(() -> pool.allocate(16)).isInstanceOf(BudgetExceeded.class);
        other.release(BUDGET_BYTES);
        PoolStats stats = pool.stats();
        assertThat(stats.shardAllocMisses() + stats.shardAllocHits()).isZero();
        assertThat(PoolStats.sum(stats.allocSizes())).isZero();
    }

    private void allocateWhatOthersFree(LocalPool local) {
        long[] handles = new long[20_000];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = local.allocate(256);
        }
        OtherThread.run(() -> {
            for (long handle : handles) {
                pool.free(handle);
            }
        });
    }

    private void takeWholeBudget() {
        other.reserve(BUDGET_BYTES);
        other.release(BUDGET_BYTES);
    }

    /** At the latest when the thread at work has looked up. */
    private void awaitServed(int bytes) {
        while (!other.tryReserve(bytes)) {
            Thread.onSpinWait();
        }
        other.release(bytes);
    }
}
