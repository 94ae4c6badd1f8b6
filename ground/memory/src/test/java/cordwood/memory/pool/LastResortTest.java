package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Reclaimer;
import cordwood.memory.TestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cells that are free, but in somebody's hands, while memory is full. */
final class LastResortTest {

    private static final int BYTES = 64;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(4 << 20));
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));

    @AfterEach
    void close() {
        pool.close();
        memory.close();
    }

    @Test
    void shardStaysGrantedWhileItsLeaseholderGoesByWayOfThePool() {
        try (LocalPool local = pool.local()) {
            Shard shard = freeCellsOf(local);
            shard.press();
            for (int i = 0; i < 10; i++) {
                local.free(local.allocate(BYTES));
                assertThat(shard.isGranted()).isTrue();
            }
            assertThat(OtherThread.call(() -> pool.allocate(BYTES))).isNotZero();
            local.free(local.allocate(BYTES));
            assertThat(shard.isGranted()).as("after the visit").isFalse();
        }
    }

    @Test
    void leaseholderThatIsAboutToBeRefusedLetsOthersIn() {
        AtomicBoolean asked = new AtomicBoolean();
        AtomicLong served = new AtomicLong();
        Reclaimer whileItLooks =
                () -> {
                    if (asked.compareAndSet(false, true)) {
                        for (int i = 0; i < 3; i++) {
                            served.set(OtherThread.call(() -> pool.allocate(BYTES)));
                        }
                    }
                };
        try (LocalPool local = pool.local()) {
            freeCellsOf(local);
            memory.addReclaimer(whileItLooks);
            assertThatThrownBy(() -> local.allocate(1 << 16)).isInstanceOf(MemoryRefused.class);
        } finally {
            memory.removeReclaimer(whileItLooks);
        }
        assertThat(memory.upkeepFailures().count()).isZero();
        assertThat(served.get()).isNotZero();
    }

    @Test
    void cellWhoseShardDoesNotKnowOfItYetIsFound() {
        long first = pool.allocate(BYTES);
        fill();
        ShardedPool sharded = (ShardedPool) pool;
        assertThat(sharded.slabOf(first).defer(first)).isEqualTo(DeferredList.Pushed.FIRST);
        assertThat(OtherThread.call(() -> pool.allocate(BYTES))).isNotZero();
    }

    @Test
    void cellsOfASlabThatIsBeingBroughtAreWaitedFor() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
        Runnable untilTheOtherWaits =
                () -> {
                    begun.countDown();
                    while (!waitsOrIsOver(waiter.get())) {
                        Thread.onSpinWait();
                    }
                };
        List<Throwable> failures = new ArrayList<>();
        try (Memory one = TestMemory.ofOneGranule(untilTheOtherWaits);
                SmallPool cells = SmallPool.open(one, PoolOptions.defaults().withShards(2))) {
            Thread bringer = Thread.ofPlatform().start(() -> cells.allocate(BYTES));
            begun.await();
            Thread second =
                    Thread.ofPlatform()
                            .unstarted(() -> {
                                try {
                                    cells.allocate(BYTES);
                                } catch (Throwable failure) {
                                    failures.add(failure);
                                }
                            });
            second.start();
            waiter.set(second);
            second.join();
            bringer.join();
            assertThat(failures).isEmpty();
            assertThat(cells.stats().inUse()).isEqualTo(2);
        }
    }

    private static boolean waitsOrIsOver(@Nullable Thread thread) {
        return thread != null
                && (thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
    }

    /** Fills the memory, but for cells of the local pool: their shard. */
    private Shard freeCellsOf(LocalPool local) {
        long kept = local.allocate(BYTES);
        long[] handles = new long[100];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = local.allocate(BYTES);
        }
        fill();
        for (long handle : handles) {
            local.free(handle);
        }
        return Objects.requireNonNull(((ShardedPool) pool).slabOf(kept).shard);
    }

    /** Until no cell of those sizes is to be had. */
    private void fill() {
        for (int bytes : new int[] {1 << 20, 1 << 16}) {
            fillWith(bytes);
        }
        OtherThread.run(() -> fillWith(BYTES));
    }

    private void fillWith(int bytes) {
        assertThatThrownBy(
                        () -> {
                            while (pool.allocate(bytes) != 0) {
                                Thread.onSpinWait();
                            }
                        })
                .isInstanceOf(MemoryRefused.class);
    }
}
