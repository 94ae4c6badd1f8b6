package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.Reclaimer;
import cordwood.memory.SystemRefused;
import cordwood.memory.TestMemory;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lies between a native library and those who use its cells. */
final class NativePoolTest {

    private static final long BUDGET_BYTES = 4 << 20;

    private final Memory memory = TestMemory.unattended(BUDGET_BYTES);
    private final Account account = memory.budget().account(FakeLibrary.NAME);
    private final FakeLibrary library = new FakeLibrary(account, 0);
    private final CellPool pool = open(library);
    private final HandleSeries series = HandleSeries.open();

    @AfterEach
    void close() {
        pool.close();
        assertThat(library.liveBytes()).isZero();
        assertThat(account.usedBytes()).isZero();
        series.close(0);
        memory.close();
    }

    @Test
    void everythingIsReservedBeforeAndReleasedAfter() {
        SplittableRandom random = new SplittableRandom(TestSeed.SEED);
        List<Long> live = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) { // the library itself checks the reservation
            if (live.isEmpty() || random.nextInt(3) > 0) {
                live.add(pool.allocate(random.nextInt(1, i % 50 == 0 ? 200_000 : 500)));
            } else {
                pool.free(live.remove(random.nextInt(live.size())));
            }
            if (live.size() > 100) {
                live.forEach(pool::free);
                live.clear();
            }
        }
        live.forEach(pool::free);
        pool.trim();
        assertThat(account.usedBytes()).as(TestSeed.rerun()).isZero();
    }

    @Test
    void chargedIsWhatIsLiveOnceNothingIsReservedAhead() {
        pool.allocate(100);
        pool.allocate(1_000);
        assertThat(account.usedBytes()).isEqualTo(ReservedAhead.STEP_BYTES);
        pool.trim();
        assertThat(account.usedBytes()).isEqualTo(112 + 1_008);
        assertThat(library.liveBytes()).isEqualTo(112 + 1_008);
    }

    @Test
    void lastBytesOfTheBudgetAreServedFromWhatOtherStripesHaveSpare() {
        for (int i = 0; i < 4; i++) {
            OtherThread.run(() -> pool.free(pool.allocate(16)));
        }
        List<Long> handles = new ArrayList<>();
        long bytes = 0;
        while (bytes < BUDGET_BYTES) {
            handles.add(pool.allocate(16 << 10));
            bytes += 16 << 10;
        }
        assertThat(account.usedBytes()).isEqualTo(BUDGET_BYTES);
        assertThatThrownBy(() -> pool.allocate(1)).isInstanceOf(BudgetExceeded.class);
        assertThat(library.liveBytes()).isEqualTo(BUDGET_BYTES);
        pool.free(handles.removeFirst());
        pool.allocate(1);
    }

    /** There is no room for a step of what is reserved ahead, and the budget serves every cell. */
    @Test
    void cellsThatFitAreNoRefusalsAndNobodyIsAsked() {
        AtomicInteger asked = new AtomicInteger();
        Reclaimer other = asked::incrementAndGet;
        memory.addReclaimer(other);
        account.reserve(BUDGET_BYTES - 110_000);
        for (int i = 0; i < 110_000 / 64; i++) {
            pool.allocate(64);
        }
        assertThat(memory.budget().refusals()).isZero();
        assertThat(asked).hasValue(0);
        assertThatThrownBy(() -> pool.allocate(64)).isInstanceOf(BudgetExceeded.class);
        assertThat(memory.budget().refusals()).isEqualTo(1);
        assertThat(asked).hasValue(1);
        account.release(BUDGET_BYTES - 110_000);
    }

    @Test
    void resizesAreCountedBySizeOfTheCell() {
        long handle = pool.resize(pool.allocate(112), 60); // It stays.
        pool.free(pool.resize(handle, 200));
        long aligned = pool.resize(pool.allocate(64, 256), 300);
        PoolStats stats = pool.stats();
        assertThat(stats.resizes()).containsExactly(0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
        assertThat(stats.remaps()).containsExactly(0L, 0L, 1L, 1L, 0L, 0L, 0L, 0L, 0L);
        assertThat(stats.fallback().resizes()).isEqualTo(stats.resizes());
        assertThat(stats.fallback().remaps()).isEqualTo(stats.remaps());
        pool.free(aligned);
    }

    @Test
    void refusalOfTheLibraryChangesNothing() {
        long handle = pool.allocate(100);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 0, 77);
        library.refuse(2);
        assertThatThrownBy(() -> pool.allocate(200))
                .isInstanceOf(SystemRefused.class)
                .hasMessage("fake refused 200 bytes");
        library.refuse(2);
        assertThatThrownBy(() -> pool.resize(handle, 2_000)).isInstanceOf(SystemRefused.class);
        assertThat(pool.view(handle).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        pool.trim();
        assertThat(account.usedBytes()).isEqualTo(112);
        assertThat(pool.stats().inUse()).isEqualTo(1);
        long resized = pool.resize(handle, 2_000);
        assertThat(pool.view(resized).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        pool.free(resized);
    }

    /** What the system has not, others may give back to it. */
    @Test
    void everybodyIsAskedBeforeARefusalOfTheLibraryCounts() {
        memory.addReclaimer(() -> library.refuse(0));
        library.refuse(Integer.MAX_VALUE);
        long handle = pool.allocate(100);
        library.refuse(Integer.MAX_VALUE);
        pool.free(pool.resize(handle, 2_000));
    }

    /** One who gives back the very cell has it resized no more. */
    @Test
    void cellFreedByWhoIsAskedIsNotResized() {
        long handle = pool.allocate(100);
        memory.addReclaimer(() -> pool.free(handle));
        library.refuse(1);
        assertThatThrownBy(() -> pool.resize(handle, 2_000)).isInstanceOf(BadHandle.class);
        assertThat(library.liveBytes()).isZero();
        assertThat(memory.upkeepFailure()).isNull();
    }

    @Test
    void refusalOfTheBudgetLeavesTheResizedCellAsItWas() {
        long handle = pool.allocate(100);
        assertThatThrownBy(() -> pool.resize(handle, (int) BUDGET_BYTES))
                .isInstanceOf(BudgetExceeded.class);
        assertThat(pool.cellBytes(handle)).isEqualTo(112);
        pool.free(handle);
    }

    /** What was not reserved is not used, whatever the library gives. */
    @Test
    void cellHasNoMoreBytesThanWereReserved() {
        FakeLibrary generous = new FakeLibrary(account, 1_000);
        CellPool other = open(generous);
        long handle = other.allocate(100);
        assertThat(other.cellBytes(handle)).isEqualTo(112);
        assertThat(other.cellBytes(other.resize(handle, 500))).isEqualTo(512);
        other.trim();
        assertThat(account.usedBytes()).isEqualTo(512);
        other.close();
        assertThat(generous.liveBytes()).isZero();
    }

    @Test
    void ofRacingFreesExactlyOneReachesTheLibrary() throws InterruptedException {
        int rounds = 3_000;
        long[] handle = new long[1];
        AtomicInteger found = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(4, () -> handle[0] = pool.allocate(8));
        CyclicBarrier end = new CyclicBarrier(4);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < rounds; i++) {
                                    await(start);
                                    try {
                                        pool.free(handle[0]);
                                    } catch (BadHandle twice) {
                                        found.incrementAndGet();
                                    }
                                    await(end);
                                }
                            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(found).hasValue(3 * rounds);
        assertThat(library.liveBytes()).isZero();
    }

    /** A slot's lives end; its handles never repeat, and a resize of the last one is a copy. */
    @Test
    void usedUpSlotIsNeverIssuedAgain() {
        AddressTable table = new AddressTable(series, 1);
        int slot = table.take(0);
        long first = table.issue(slot, 1, 1, 8);
        long last = first;
        while (Handle.generation(last) + 1 < Handle.GENERATION_END) {
            table.giveBack(table.end(last));
            assertThat(table.take(0)).isEqualTo(slot);
            last = table.issue(slot, 1, 1, 8);
        }
        table.giveBack(table.end(last));
        int next = table.take(0);
        assertThat(next).isNotEqualTo(slot);
        long stale = last;
        assertThatThrownBy(() -> table.bytes(stale)).isInstanceOf(BadHandle.class);
        assertThatThrownBy(() -> table.bytes(first)).isInstanceOf(BadHandle.class);
    }

    @Test
    void slotsOfAllStripesAreDistinctWhateverTheOrder() {
        AddressTable table = new AddressTable(series, 3);
        SplittableRandom random = new SplittableRandom(TestSeed.SEED);
        List<Long> live = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(5) < 3 || live.isEmpty()) {
                live.add(table.issue(table.take(i % 3), i, i, 8));
            } else {
                table.giveBack(table.end(live.remove(random.nextInt(live.size()))));
            }
        }
        assertThat(live.stream().map(handle -> handle >>> 26))
                .as(TestSeed.rerun())
                .doesNotHaveDuplicates();
        table.close();
        int left = 0;
        for (int slot = table.endNext(0); slot >= 0; slot = table.endNext(slot + 1)) {
            left++;
        }
        assertThat(left).isEqualTo(live.size());
    }

    private CellPool open(NativeAllocator allocator) {
        return NativePool.open(memory, PoolOptions.defaults().withShards(3), allocator);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
