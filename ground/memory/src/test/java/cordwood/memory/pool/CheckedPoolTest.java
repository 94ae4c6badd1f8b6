package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.SystemRefused;
import cordwood.memory.TestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checked mode finds every mistake, always, and says where. */
final class CheckedPoolTest {

    private final Memory memory = TestMemory.unattended(16 << 20);
    private final SmallPool pool =
            SmallPool.open(memory, PoolOptions.defaults().withShards(2).withChecked(true));

    @AfterEach
    void close() {
        pool.close();
        assertThat(memory.budget().account("small_pool").usedBytes()).isZero();
        memory.close();
    }

    @Test
    void viewKeptOverAFreeThrows() {
        for (int bytes : new int[] {1, 100, 5_000, 2 << 20}) {
            long handle = pool.allocate(bytes);
            MemorySegment kept = pool.view(handle);
            kept.fill((byte) 1);
            pool.free(handle);
            assertThatThrownBy(() -> kept.get(ValueLayout.JAVA_BYTE, 0))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> kept.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void viewKeptOverAResizeThrows() {
        long handle = pool.allocate(40);
        MemorySegment kept = pool.view(handle);
        kept.set(ValueLayout.JAVA_LONG, 0, 77);
        long resized = pool.resize(handle, 44);
        assertThat(pool.view(resized).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        assertThatThrownBy(() -> kept.get(ValueLayout.JAVA_LONG, 0))
                .isInstanceOf(IllegalStateException.class);
        pool.free(resized);
    }

    @Test
    void writeBehindTheSizeAskedForThrows() {
        long handle = pool.allocate(17);
        assertThatThrownBy(() -> pool.view(handle).set(ValueLayout.JAVA_BYTE, 17, (byte) 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        pool.free(handle);
    }

    @Test
    void doubleFreeThrowsAndNamesTheFirst() {
        long handle = pool.allocate(16);
        freeInAMethodWithAName(handle);
        assertThatThrownBy(() -> pool.free(handle))
                .isInstanceOf(BadHandle.class)
                .cause()
                .hasMessage("freed here")
                .satisfies(first ->
                        assertThat(first.getStackTrace())
                                .anyMatch(frame ->
                                        frame.getMethodName().equals("freeInAMethodWithAName")));
    }

    @Test
    void freeAndRetireAfterRetireThrow() {
        long handle = pool.allocate(16);
        long ticket = memory.epochs().enter();
        pool.retire(handle);
        assertThat(pool.view(handle).byteSize()).isEqualTo(16);
        assertThatThrownBy(() -> pool.free(handle)).isInstanceOf(BadHandle.class);
        assertThatThrownBy(() -> pool.retire(handle)).isInstanceOf(BadHandle.class);
        memory.epochs().leave(ticket);
        pool.trim();
        assertThatThrownBy(() -> pool.view(handle)).isInstanceOf(BadHandle.class);
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void foreignHandleIsRefused() {
        SmallPool other = SmallPool.open(memory, PoolOptions.defaults().withChecked(true));
        long handle = other.allocate(16);
        assertThatThrownBy(() -> pool.free(handle))
                .isInstanceOfSatisfying(
                        BadHandle.class,
                        bad -> assertThat(bad.kind()).isEqualTo(BadHandle.Kind.FOREIGN));
        other.free(handle);
        other.close();
    }

    @Test
    void freeThroughAnotherThreadsLocalPoolIsRefusedAndChangesNothing() {
        try (LocalPool local = pool.local()) {
            long handle = local.allocate(16);
            OtherThread.run(() ->
                    assertThatThrownBy(() -> local.free(handle))
                            .isInstanceOf(WrongThreadException.class));
            pool.view(handle).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            local.free(handle);
        }
    }

    /** Of four threads freeing one handle at the same moment exactly one succeeds, every time. */
    @Test
    void everyRacingDoubleFreeIsFound() {
        int rounds = TestSeed.LONG ? 20_000 : 1_000;
        long[] handle = new long[1];
        AtomicInteger found = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(4, () -> handle[0] = pool.allocate(32));
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
            join(thread);
        }
        assertThat(found).hasValue(3 * rounds);
        pool.trim();
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void leakReportNamesTheAllocatingStack() {
        pool.free(pool.allocate(16));
        long leaked = allocateInAMethodWithAName();
        assertThat(pool.leaks()).hasSize(1);
        Leak leak = pool.leaks().getFirst();
        assertThat(leak.handle()).isEqualTo(leaked);
        assertThat(leak.bytes()).isEqualTo(123);
        assertThat(leak.allocation().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("allocateInAMethodWithAName"));
        pool.close();
        assertThat(pool.leaks()).hasSize(1);
    }

    /** The pool's own cells are poisoned while free: whatever wrote to one is found at reuse. */
    @Test
    void writeToAFreeCellIsFoundWhenItIsReused() {
        ShardedPool plain = ShardedPool.open(memory, new PoolOptions(1, List.of(64), true));
        CheckedPool checked = new CheckedPool(plain);
        long first = checked.allocate(64);
        MemorySegment cell = plain.view(first);
        checked.free(first);
        assertThat(cell.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo(Guards.POISON);
        cell.set(ValueLayout.JAVA_BYTE, 5, (byte) 1);
        assertThatThrownBy(() -> checked.allocate(64))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("holds 01 at 5 instead of db");
        checked.close();
    }

    @Test
    void refusedGuardLeavesNothingBehind() {
        pool.free(pool.allocate(16));
        long before = memory.budget().account("small_pool").usedBytes();
        long freeBytes = memory.budget().capBytes() - memory.budget().usedBytes();
        memory.budget().account("hog").reserve(freeBytes);
        assertThatThrownBy(() -> pool.allocate(1 << 20)).isInstanceOf(BudgetExceeded.class);
        assertThat(memory.budget().account("small_pool").usedBytes()).isLessThanOrEqualTo(before);
        assertThat(pool.stats().inUse()).isZero();
        memory.budget().account("hog").release(freeBytes);
        pool.free(pool.allocate(16));
    }

    /** What the system has not, others may give back to it. */
    @Test
    void everybodyIsAskedBeforeTheSystemRefusesAUsersMemory() {
        AtomicInteger refusing = new AtomicInteger(Integer.MAX_VALUE);
        CheckedPool checked =
                new CheckedPool(
                        ShardedPool.open(memory, PoolOptions.defaults().withChecked(true)),
                        (arena, bytes) -> {
                            if (refusing.getAndDecrement() > 0) {
                                throw new OutOfMemoryError("injected");
                            }
                            return arena.allocate(bytes, 1);
                        });
        assertThatThrownBy(() -> checked.allocate(100)).isInstanceOf(SystemRefused.class);
        assertThat(checked.stats().memory().poolBytes()).isZero();
        memory.addReclaimer(() -> refusing.set(0));
        checked.free(checked.allocate(100));
        checked.close();
    }

    @Test
    void everyCallAfterCloseThrowsButLeaks() {
        for (CellPool closing : List.of(pool, checkedNative())) {
            LocalPool local = closing.local();
            long handle = closing.allocate(64);
            closing.close();
            for (CellAllocator by : List.of(closing, local)) {
                assertClosed(() -> by.allocate(16));
                assertClosed(() -> by.allocate(1 << 30));
                assertClosed(() -> by.free(0));
                assertClosed(() -> by.free(handle));
                assertClosed(() -> by.retire(0));
                assertClosed(() -> by.retire(handle));
                assertClosed(() -> by.resize(handle, 100));
                assertClosed(() -> by.view(handle));
                assertClosed(() -> by.cellBytes(handle));
            }
            assertClosed(closing::local);
            assertClosed(closing::trim);
            assertClosed(closing::stats);
            assertThat(closing.leaks()).extracting(Leak::handle).containsExactly(handle);
            local.close();
            closing.close();
        }
    }

    @Test
    void localPoolShowsCellsToItsThreadOnlyAndUntilItIsClosed() {
        for (CellPool any : List.of(pool, checkedNative())) {
            LocalPool local = any.local();
            long handle = local.allocate(64);
            OtherThread.run(() -> {
                assertThatThrownBy(() -> local.view(handle))
                        .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> local.cellBytes(handle))
                        .isInstanceOf(WrongThreadException.class);
            });
            local.close();
            assertClosed(() -> local.view(handle));
            assertClosed(() -> local.cellBytes(handle));
            any.free(handle);
            any.close();
        }
    }

    @Test
    void resizeKeepsTheAlignmentAndIsCounted() {
        long handle = pool.allocate(100, 4096);
        for (int bytes : new int[] {100, 5_000, 10, 11}) {
            handle = pool.resize(handle, bytes);
            assertThat(pool.view(handle).address() % 4096).isZero();
        }
        pool.free(handle);
        assertThat(PoolStats.sum(pool.stats().remaps())).isEqualTo(4);
    }

    @Test
    void resizeOfARetiredCellIsRefusedAndTakesNothing() {
        long handle = pool.allocate(100);
        pool.retire(handle);
        assertThatThrownBy(() -> pool.resize(handle, 200)).isInstanceOf(BadHandle.class);
        assertThat(pool.leaks()).hasSize(1);
    }

    @Test
    void memoryOfGuardsIsChargedToTheByte() {
        Account account = memory.budget().account(FakeLibrary.NAME);
        FakeLibrary library = new FakeLibrary(account, 0);
        try (CellPool checked = open(library)) {
            checked.allocate(100, 64);
            checked.trim();
            assertThat(account.usedBytes()).isEqualTo(library.liveBytes() + 100 + 63);
            assertThat(checked.stats().memory().poolBytes()).isEqualTo(account.usedBytes());
        }
    }

    /** A hundred thousand frees leave behind what some thousand do. */
    @Test
    void whatIsRememberedOfFreedAndRetiredHandlesIsBounded() {
        LatestEnds ends = new LatestEnds();
        Throwable end = new Throwable("end");
        for (long handle = 1; handle <= 100_000; handle++) {
            ends.note(handle, end);
        }
        assertThat(ends.of(100_000)).isSameAs(end);
        assertThat(ends.of(100_000 - (1 << 14))).isNull();
    }

    private CellPool checkedNative() {
        return open(new FakeLibrary(memory.budget().account(FakeLibrary.NAME), 0));
    }

    private CellPool open(FakeLibrary library) {
        return NativePool.open(memory, PoolOptions.defaults().withChecked(true), library);
    }

    private static void assertClosed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private void freeInAMethodWithAName(long handle) {
        pool.free(handle);
    }

    private long allocateInAMethodWithAName() {
        return pool.allocate(123);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
