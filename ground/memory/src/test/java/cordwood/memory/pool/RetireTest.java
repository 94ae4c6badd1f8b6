package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.TestMemory;
import cordwood.memory.epoch.Epochs;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class RetireTest {

    @Test
    void retiredCellKeepsItsBytesWhileSomebodyIsPinned() {
        Memory memory = TestMemory.unattended(16 << 20);
        SmallPool pool = SmallPool.open(memory, PoolOptions.defaults());
        long ticket = memory.epochs().enter();
        long handle = pool.allocate(16);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 0, 42);
        pool.retire(handle);
        for (int i = 0; i < 10_000; i++) {
            long other = pool.allocate(16);
            pool.view(other).set(ValueLayout.JAVA_LONG, 0, i);
            pool.retire(other);
        }
        assertThat(pool.view(handle).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        memory.epochs().leave(ticket);
        pool.trim();
        assertThatThrownBy(() -> pool.view(handle)).isInstanceOf(BadHandle.class);
        pool.close();
        memory.close();
    }

    /** Nobody but the allocator advances epochs here, and still what is retired comes back. */
    @Test
    void allocatorAdvancesTheEpochsByItself() {
        Memory memory = TestMemory.unattended(4 << 20);
        SmallPool pool = SmallPool.open(memory, PoolOptions.defaults());
        for (int i = 0; i < 1_000_000; i++) {
            pool.retire(pool.allocate(256));
        }
        assertThat(pool.stats().retired().waiting()).isLessThan(1_000);
        assertThat(memory.budget().peakBytes()).isLessThanOrEqualTo(2 << 20);
        pool.close();
        memory.close();
    }

    @Test
    void stalledReaderIsVisibleAndBoundedByTheBudget() {
        Memory memory = TestMemory.unattended(4 << 20);
        Epochs epochs = memory.epochs();
        SmallPool pool = SmallPool.open(memory, PoolOptions.defaults());
        long ticket = epochs.enter();
        long retired = 0;
        try {
            while (true) {
                pool.retire(pool.allocate(256));
                retired++;
            }
        } catch (BudgetExceeded full) {
            assertThat(memory.budget().usedBytes()).isLessThanOrEqualTo(4 << 20);
        }
        PoolStats stalled = pool.stats();
        assertThat(stalled.retired().heldBytes()).isEqualTo(256 * retired).isGreaterThan(3 << 20);
        assertThat(stalled.epochs().oldestPinAgeNanos()).isPositive();
        assertThat(stalled.epochs().minObserved()).isLessThan(stalled.epochs().current());
        epochs.leave(ticket);
        long handle = pool.allocate(256);
        assertThat(pool.stats().retired().heldBytes()).isZero();
        pool.free(handle);
        pool.close();
        memory.close();
    }

    /** Readers are pinned 10 ms at a time, always one or two of them: the backlog stays bounded. */
    @Test
    void backlogStaysBoundedWithReadersPinnedTenMillisecondsAtATime() throws InterruptedException {
        Duration duration = TestSeed.LONG ? Duration.ofSeconds(20) : Duration.ofSeconds(2);
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(64 << 20));
                SmallPool pool = SmallPool.open(memory, PoolOptions.defaults())) {
            long endNanos = System.nanoTime() + duration.toNanos();
            Thread[] readers = new Thread[2];
            for (int r = 0; r < readers.length; r++) {
                readers[r] =
                        Thread.ofVirtual().start(() -> pinRepeatedly(memory.epochs(), endNanos));
            }
            long worstHeldBytes = 0;
            long retired = 0;
            try (LocalPool local = pool.local()) {
                while (System.nanoTime() < endNanos) {
                    for (int i = 0; i < 64; i++) {
                        local.retire(local.allocate(64));
                    }
                    retired += 64;
                    LockSupport.parkNanos(100_000); // Some 300,000 a second.
                    worstHeldBytes = Math.max(worstHeldBytes, pool.stats().retired().heldBytes());
                }
            }
            for (Thread reader : readers) {
                reader.join();
            }
            // 25 ms of retirement, with much room for a machine that stalls.
            assertThat(worstHeldBytes).isLessThan(64 * retired / 2);
            Settled.await(pool);
            assertThat(pool.stats().retired().waiting()).isZero();
        }
    }

    private static void pinRepeatedly(Epochs epochs, long endNanos) {
        while (System.nanoTime() < endNanos) {
            long ticket = epochs.enter();
            LockSupport.parkNanos(10_000_000);
            epochs.leave(ticket);
        }
    }
}
