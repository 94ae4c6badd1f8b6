package cordwood.memory.nativemodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import cordwood.memory.Account;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorModes;
import cordwood.memory.pool.BadHandle;
import cordwood.memory.pool.CellPool;
import cordwood.memory.pool.LocalPool;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.PoolStats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pool of cells promises, whatever its mode. */
abstract class CellPoolContract {

    private static final long BUDGET_BYTES = 64 << 20;
    private static final long SEED = Long.getLong("cordwood.seed", System.nanoTime());
    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    private final AllocatorMode mode;
    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private CellPool pool;

    CellPoolContract(String name) {
        mode = AllocatorModes.named(name);
        pool = mode.open(memory, PoolOptions.defaults().withShards(2));
    }

    @AfterEach
    void everythingGoesBack() {
        pool.close();
        assertThat(accountBytes()).isZero();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
        assertThat(memory.upkeepFailure()).isNull();
    }

    @Test
    void cellsAreLargeEnoughAndAligned() {
        for (int alignment = 1; alignment <= 4096; alignment *= 2) {
            for (int bytes : new int[] {1, 20, 40, 130, 250, 700, 5_000, 70_000, 2 << 20}) {
                long handle = pool.allocate(bytes, alignment);
                MemorySegment view = pool.view(handle);
                assertThat(view.address() % Math.max(8, alignment)).isZero();
                assertThat(view.byteSize())
                        .isEqualTo(pool.cellBytes(handle))
                        .isGreaterThanOrEqualTo(bytes);
                view.fill((byte) 1);
                pool.free(handle);
            }
        }
    }

    @Test
    void cellsDoNotOverlap() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long handle = pool.allocate(random.nextInt(1, random.nextInt(2, 1_000)));
            pool.view(handle).fill((byte) i);
            handles.add(handle);
            if (i % 3 == 0) {
                int place = random.nextInt(handles.size());
                pool.free(handles.get(place));
                handles.set(place, pool.allocate(random.nextInt(1, 300)));
                pool.view(handles.get(place)).fill((byte) place);
            }
        }
        for (int i = 0; i < handles.size(); i++) {
            MemorySegment view = pool.view(handles.get(i));
            assertThat(view.get(ValueLayout.JAVA_BYTE, 0)).as(rerun()).isEqualTo((byte) i);
            assertThat(view.get(ValueLayout.JAVA_BYTE, view.byteSize() - 1)).isEqualTo((byte) i);
            pool.free(handles.get(i));
        }
        awaitNothingInUse();
    }

    @Test
    void wrongRequestsAreRefused() {
        int least = Integer.MIN_VALUE;
        for (int bytes : new int[] {0, -1, least}) {
            long handle = pool.allocate(8);
            assertRefused(() -> pool.allocate(bytes));
            assertRefused(() -> pool.resize(handle, bytes));
            pool.free(handle);
        }
        for (int alignment : new int[] {3, 0, -1, -8, 8192, 1 << 30, least}) {
            assertRefused(() -> pool.allocate(8, alignment));
        }
        for (int alignment : new int[] {1, 8, 64, 4096}) {
            assertThatThrownBy(() -> pool.allocate(Integer.MAX_VALUE, alignment))
                    .isInstanceOf(BudgetExceeded.class);
        }
        assertThatThrownBy(() -> open(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open(PoolOptions.SHARDS_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
        pool.free(0);
        pool.retire(0);
        awaitNothingInUse();
    }

    @Test
    void everyNumberOfShardsWorks() {
        for (int shards : new int[] {0, 1, 3, PoolOptions.SHARDS_MAX}) {
            try (CellPool other = open(shards)) {
                Threads.run(
                        Thread.ofPlatform(),
                        3,
                        _ -> {
                            for (int i = 0; i < 1_000; i++) {
                                other.free(other.allocate(1 + i));
                            }
                        });
                await(() -> {
                    other.trim();
                    return other.stats().inUse() == 0;
                });
            }
        }
    }

    @Test
    void everyUseOfAFreedHandleThrows() {
        for (int bytes : new int[] {16, 200, 5_000, 100_000, 2 << 20}) {
            long handle = pool.allocate(bytes);
            pool.free(handle);
            long other = pool.allocate(bytes);
            assertStale(handle);
            Threads.runOther(() -> assertStale(handle));
            pool.free(other);
        }
        awaitNothingInUse();
    }

    private void assertStale(long handle) {
        assertBad(BadHandle.Kind.STALE, () -> pool.free(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.cellBytes(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.resize(handle, 10));
        assertBad(BadHandle.Kind.STALE, () -> pool.resize(handle, 10_000));
        assertBad(BadHandle.Kind.STALE, () -> pool.retire(handle));
    }

    @Test
    void handlesOfEveryOtherPoolAreForeign() {
        for (AllocatorMode otherMode : AllocatorModes.all()) {
            try (CellPool other = otherMode.open(memory, PoolOptions.defaults())) {
                long handle = other.allocate(16);
                pool.allocate(16);
                assertBad(BadHandle.Kind.FOREIGN, () -> pool.free(handle));
                assertBad(BadHandle.Kind.FOREIGN, () -> pool.view(handle));
                assertBad(BadHandle.Kind.FOREIGN, () -> pool.resize(handle, 99));
                other.free(handle);
            }
        }
    }

    @Test
    void handlesThatWereNeverIssuedAreRefused() {
        long handle = pool.allocate(256);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 10_000; i++) {
            long wrong = i < 64 ? handle ^ (1L << i) : random.nextLong();
            if (wrong != 0) {
                assertThatThrownBy(() -> pool.view(wrong))
                        .as("%s: %016x", rerun(), wrong)
                        .isInstanceOf(BadHandle.class);
                assertThatThrownBy(() -> pool.free(wrong)).isInstanceOf(BadHandle.class);
            }
        }
        assertThat(pool.view(handle).byteSize()).isGreaterThanOrEqualTo(256);
    }

    @Test
    void noHandleIsIssuedTwice() {
        Set<Long> handles = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            long handle = pool.allocate(1 + i % 600);
            assertThat(handles.add(handle)).isTrue();
            pool.free(handle);
        }
        assertThat(handles).doesNotContain(0L);
    }

    @Test
    void racingFreesNeverGiveOneCellTwoUsers() {
        int threads = 4;
        long[] handle = new long[1];
        AtomicInteger freed = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(threads, () -> handle[0] = pool.allocate(32));
        CyclicBarrier end = new CyclicBarrier(threads, this::takeTwoApart);
        int rounds = LONG ? 20_000 : 2_000;
        Threads.run(
                Thread.ofVirtual(),
                threads,
                _ -> {
                    for (int i = 0; i < rounds; i++) {
                        await(start);
                        try {
                            pool.free(handle[0]);
                            freed.incrementAndGet();
                        } catch (BadHandle twice) {
                            // Found by the one, or by the other.
                        }
                        await(end);
                    }
                });
        assertThat(freed.get()).isGreaterThanOrEqualTo(rounds);
    }

    private void takeTwoApart() {
        long one = pool.allocate(32);
        long two = pool.allocate(32);
        assertThat(pool.view(one).address()).isNotEqualTo(pool.view(two).address());
        pool.free(one);
        pool.free(two);
    }

    @Test
    void resizeKeepsTheContentsAndEndsTheOldHandle() {
        long handle = pool.allocate(40);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 8, 77);
        for (int bytes : new int[] {44, 5_000, 33, 3 << 20, 2 << 20, 100_000, 65_000, 16}) {
            long resized = pool.resize(handle, bytes);
            assertThat(pool.cellBytes(resized)).isGreaterThanOrEqualTo(bytes);
            assertThat(pool.view(resized).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(77);
            if (resized != handle) {
                long ended = handle;
                assertBad(BadHandle.Kind.STALE, () -> pool.view(ended));
            }
            handle = resized;
        }
        pool.free(handle);
        PoolStats stats = pool.stats();
        assertThat(PoolStats.sum(stats.resizes()) + PoolStats.sum(stats.remaps())).isEqualTo(8);
        awaitNothingInUse();
    }

    @Test
    void resizeKeepsTheAlignment() {
        for (int alignment : new int[] {64, 4096}) {
            long handle = pool.allocate(5_000, alignment);
            pool.view(handle).set(ValueLayout.JAVA_LONG, 8, 77);
            for (int bytes : new int[] {5_000, 4_990, 100, 70_000, 3 << 20, 20}) {
                handle = pool.resize(handle, bytes);
                assertThat(pool.view(handle).address() % alignment).isZero();
                assertThat(pool.view(handle).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(77);
            }
            pool.free(handle);
        }
        awaitNothingInUse();
    }

    @Test
    void poolBytesAreThePoolsOwn() {
        for (boolean isChecked : new boolean[] {false, true}) {
            try (CellPool other =
                    mode.open(memory, PoolOptions.defaults().withChecked(isChecked))) {
                pool.allocate(3 << 20);
                other.allocate(1 << 20);
                long poolBytes = pool.stats().memory().poolBytes();
                long otherBytes = other.stats().memory().poolBytes();
                assertThat(otherBytes).isLessThan(poolBytes);
                assertThat(poolBytes + otherBytes).isEqualTo(accountBytes());
            }
        }
    }

    @Test
    void refusedResizeLeavesTheCellAsItWas() {
        long handle = pool.allocate(1_000);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 0, 77);
        assertThatThrownBy(() -> pool.resize(handle, (int) BUDGET_BYTES + 1))
                .isInstanceOf(BudgetExceeded.class);
        assertThat(pool.view(handle).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        pool.free(handle);
    }

    @Test
    void cellsOutliveTheirThreadAndAreFreedByAnother() {
        long[] handles = new long[5_000];
        for (int round = 0; round < 3; round++) {
            Threads.runOther(() -> {
                for (int i = 0; i < handles.length; i++) {
                    handles[i] = pool.allocate(16 + i % 240);
                    pool.view(handles[i]).set(ValueLayout.JAVA_LONG, 0, i);
                }
            });
            for (int i = 0; i < handles.length; i++) {
                assertThat(pool.view(handles[i]).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(i);
            }
            Threads.runOther(() -> {
                for (long handle : handles) {
                    pool.free(handle);
                }
            });
        }
        awaitNothingInUse();
    }

    @Test
    void thousandVirtualThreadsFreeEachOthersCells() {
        int count = 1_000;
        long[] handles = new long[count];
        Threads.run(
                Thread.ofVirtual(),
                count,
                i -> {
                    for (int round = 0; round < 10; round++) {
                        pool.free(pool.allocate(16 + (i * 7 + round) % 240));
                        LockSupport.parkNanos(1_000);
                    }
                    handles[i] = pool.allocate(100);
                });
        Threads.run(Thread.ofVirtual(), count, i -> pool.free(handles[(i + 1) % count]));
        pool.trim();
        assertThat(PoolStats.sum(pool.stats().allocSizes())).isEqualTo(11L * count);
        assertThat(PoolStats.sum(pool.stats().freeSizes())).isEqualTo(11L * count);
        awaitNothingInUse();
    }

    @Test
    void whatOneThreadMakesAndAnotherFreesStaysBounded() throws InterruptedException {
        int cells = LONG ? 20_000_000 : 300_000;
        BlockingQueue<long[]> queue = new ArrayBlockingQueue<>(4);
        Thread consumer =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int done = 0; done < cells; done += 500) {
                                for (long handle : take(queue)) {
                                    if (pool.view(handle).get(ValueLayout.JAVA_LONG, 0) >= 0) {
                                        pool.free(handle); // what is not freed shows below
                                    }
                                }
                            }
                        });
        SplittableRandom random = new SplittableRandom(SEED);
        for (int made = 0; made < cells; made += 500) {
            long[] batch = new long[500];
            for (int i = 0; i < batch.length; i++) {
                batch[i] = pool.allocate(random.nextInt(16, 257));
                pool.view(batch[i]).set(ValueLayout.JAVA_LONG, 0, made + i);
            }
            queue.put(batch);
        }
        consumer.join();
        awaitNothingInUse();
        // Six batches of 500 cells are alive at once, and there is some slack.
        assertThat(pool.stats().memory().poolPeakBytes()).isLessThan(8 << 20);
    }

    @Test
    void budgetIsAHardCapAndServesAgainAfterAFree() {
        for (int bytes : new int[] {200, 3_000, 90_000, 3 << 20}) {
            List<Long> handles = new ArrayList<>();
            long cellBytes = 0;
            try {
                while (cellBytes <= BUDGET_BYTES) {
                    long handle = pool.allocate(bytes);
                    handles.add(handle);
                    cellBytes += pool.cellBytes(handle);
                }
            } catch (BudgetExceeded refused) {
                assertThat(refused).hasMessageContaining(mode.name());
            }
            assertThat(cellBytes)
                    .as("cells of %d bytes", bytes)
                    .isBetween(BUDGET_BYTES / 2, BUDGET_BYTES);
            assertThat(accountBytes()).isBetween(cellBytes, BUDGET_BYTES);
            assertThat(memory.budget().peakBytes()).isLessThanOrEqualTo(BUDGET_BYTES);
            pool.free(handles.removeLast());
            handles.add(pool.allocate(bytes));
            handles.forEach(pool::free);
            awaitNothingCharged();
        }
    }

    @Test
    void capHoldsWhileThreadsRunIntoIt() {
        AtomicInteger refusals = new AtomicInteger();
        Threads.run(
                Thread.ofPlatform(),
                4,
                number -> {
                    SplittableRandom random = new SplittableRandom(SEED + number);
                    List<Long> mine = new ArrayList<>();
                    for (int i = 0; i < 4_000; i++) {
                        try {
                            mine.add(pool.allocate(random.nextInt(1, 40_000)));
                        } catch (BudgetExceeded full) {
                            refusals.incrementAndGet();
                            for (int freed = 0; freed < 20 && !mine.isEmpty(); freed++) {
                                pool.free(mine.remove(random.nextInt(mine.size())));
                            }
                        }
                    }
                    mine.forEach(pool::free);
                });
        assertThat(refusals).as(rerun()).hasPositiveValue();
        assertThat(memory.budget().peakBytes()).isLessThanOrEqualTo(BUDGET_BYTES);
        awaitNothingCharged();
        awaitNothingInUse();
    }

    @Test
    void retiredCellsLiveWhileAPinIsLeft() {
        long ticket = memory.epochs().enter();
        long handle = pool.allocate(64);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 0, 77);
        pool.retire(handle);
        pool.trim();
        assertThat(pool.view(handle).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        assertThat(pool.stats().retired().waiting()).isEqualTo(1);
        memory.epochs().leave(ticket);
        awaitNothingInUse();
        assertThat(pool.stats().retired().waiting()).isZero();
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle));
    }

    @Test
    void retiredCellIsNeitherFreedNorRetiredAgain() {
        long ticket = memory.epochs().enter();
        long handle = pool.allocate(64);
        pool.retire(handle);
        assertBad(BadHandle.Kind.STALE, () -> pool.free(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.retire(handle));
        assertThat(pool.view(handle).byteSize()).isGreaterThanOrEqualTo(64);
        assertThat(pool.stats().inUse()).isEqualTo(1);
        memory.epochs().leave(ticket);
        awaitNothingInUse();
    }

    @Test
    void closeGivesLiveCellsBackAndEndsEveryUse() {
        long handle = pool.allocate(16);
        for (int i = 0; i < 3_000; i++) {
            pool.allocate(1 + i);
        }
        pool.retire(pool.allocate(16));
        LocalPool local = pool.local();
        pool.close();
        pool.close();
        assertThat(accountBytes()).isZero();
        for (ThrowingCallable use :
                List.<ThrowingCallable>of(
                        () -> pool.free(handle),
                        () -> pool.view(handle),
                        () -> pool.cellBytes(handle),
                        () -> pool.allocate(16),
                        () -> pool.allocate(9_000),
                        () -> pool.allocate(3 << 20),
                        () -> pool.retire(handle),
                        () -> pool.resize(handle, 170_000),
                        () -> pool.free(0),
                        () -> pool.retire(0),
                        pool::local,
                        pool::trim,
                        pool::stats,
                        () -> local.allocate(16),
                        () -> local.free(0),
                        () -> local.view(handle),
                        () -> local.cellBytes(handle))) {
            assertClosed(use);
        }
        Account other = memory.budget().account("other");
        other.reserve(BUDGET_BYTES);
        assertClosed(() -> pool.allocate(16));
        assertClosed(() -> pool.allocate(3 << 20));
        other.release(BUDGET_BYTES);
    }

    @Test
    void localPoolBelongsToItsThread() {
        LocalPool local = pool.local();
        long handle = local.allocate(16);
        Threads.runOther(() -> {
            assertThatThrownBy(() -> local.allocate(16)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> local.free(handle)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> local.resize(handle, 9_000))
                    .isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> local.view(handle)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> local.cellBytes(handle))
                    .isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(local::close).isInstanceOf(WrongThreadException.class);
            pool.free(handle);
        });
        local.free(local.resize(local.allocate(20, 64), 300));
        long kept = local.allocate(16);
        local.close();
        local.close();
        assertClosed(() -> local.allocate(16));
        assertClosed(() -> local.view(kept));
        assertClosed(() -> local.cellBytes(kept));
        assertThat(pool.view(kept).byteSize()).isGreaterThanOrEqualTo(16);
        pool.free(kept);
        awaitNothingInUse();
    }

    @Test
    void figuresAreExactAndNamedAfterTheMode() {
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            handles.add(pool.allocate(5_000));
        }
        handles.subList(0, 40).forEach(pool::free);
        Threads.runOther(() -> handles.subList(40, 70).forEach(pool::free));
        PoolStats stats = pool.stats();
        assertThat(stats.mode()).isEqualTo(mode.name());
        assertThat(PoolStats.sum(stats.allocSizes())).isEqualTo(100);
        assertThat(PoolStats.sum(stats.freeSizes())).isEqualTo(70);
        assertThat(stats.allocSizes().get(7)).as("up to 8192").isEqualTo(100);
        assertThat(stats.inUse()).isEqualTo(30);
        assertThat(stats.memory().poolBytes()).isGreaterThanOrEqualTo(30 * 5_000);
        assertThat(stats.memory().capBytes()).isEqualTo(BUDGET_BYTES);
        String json = stats.toJson();
        assertThat(json)
                .startsWith("{\"allocator_mode\":\"%1$s\",\"%1$s\":{".formatted(mode.name()))
                .contains("\"retired\":{", "\"sizes\":{\"allocs\":[{\"count\":0,", "\"rss_bytes\":")
                .endsWith("}}}");
        assertThat(stats.toText()).contains(mode.name() + ".memory pool_bytes=");
    }

    @Test
    void checkedModeFindsWhatThePlainOneDoesNot() {
        try (CellPool checked = mode.open(memory, PoolOptions.defaults().withChecked(true))) {
            long handle = checked.allocate(17);
            MemorySegment kept = checked.view(handle);
            assertThatThrownBy(() -> kept.set(ValueLayout.JAVA_BYTE, 17, (byte) 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            checked.free(handle);
            assertThatThrownBy(() -> kept.get(ValueLayout.JAVA_BYTE, 0))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> checked.free(handle)).cause().hasMessage("freed here");
            long leaked = checked.resize(checked.allocate(100), 123);
            assertThat(checked.leaks())
                    .singleElement()
                    .satisfies(leak -> {
                        assertThat(leak.handle()).isEqualTo(leaked);
                        assertThat(leak.bytes()).isEqualTo(123);
                    });
        }
    }

    private CellPool open(int shards) {
        return mode.open(memory, PoolOptions.defaults().withShards(shards));
    }

    private long accountBytes() {
        return memory.budget().account(mode.name()).usedBytes();
    }

    /** The small pool keeps an empty slab for a while, in case it is wanted again. */
    private void awaitNothingCharged() {
        await(() -> accountBytes() == 0);
    }

    /** What was freed while the upkeep's thread was at work is taken in at the next round. */
    private void awaitNothingInUse() {
        await(() -> pool.stats().inUse() == 0);
    }

    private void await(BooleanSupplier outcome) {
        long deadlineNanos = System.nanoTime() + 10_000_000_000L;
        pool.trim();
        while (!outcome.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(() -> rerun() + "\n" + pool.stats().toText())
                    .isLessThan(deadlineNanos);
            LockSupport.parkNanos(100_000);
            pool.trim();
        }
    }

    private static String rerun() {
        return "rerun with -Dcordwood.seed=" + SEED;
    }

    private static void assertBad(BadHandle.Kind kind, ThrowingCallable use) {
        assertThatThrownBy(use)
                .asInstanceOf(type(BadHandle.class))
                .extracting(BadHandle::kind)
                .isEqualTo(kind);
    }

    private static void assertRefused(ThrowingCallable request) {
        assertThatThrownBy(request).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertClosed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static long[] take(BlockingQueue<long[]> queue) {
        try {
            return queue.take();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
