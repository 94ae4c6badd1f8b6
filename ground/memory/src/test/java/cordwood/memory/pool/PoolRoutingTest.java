package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PoolRoutingTest {

    private final Memory memory = TestMemory.unattended(64 << 20);
    private SmallPool pool = open(2);

    @AfterEach
    void close() {
        pool.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void everySizeGetsTheSmallestClassThatHoldsIt() {
        int[] classes = {16, 24, 32, 48, 64, 96, 128, 192, 256};
        for (int bytes = 1; bytes <= 256; bytes++) {
            long handle = pool.allocate(bytes);
            int expected = 0;
            while (classes[expected] < bytes) {
                expected++;
            }
            assertThat(pool.cellBytes(handle)).isEqualTo(classes[expected]);
            pool.free(handle);
        }
        for (int bytes = 257; bytes <= 1 << 20; bytes += 1 + bytes / 3) {
            long handle = pool.allocate(bytes);
            int expected = Math.max(512, Integer.highestOneBit(bytes - 1) * 2);
            assertThat(pool.cellBytes(handle)).as("%d bytes", bytes).isEqualTo(expected);
            pool.free(handle);
        }
        assertThat(pool.stats().fallback().allocs()).containsOnly(0L);
    }

    @Test
    void cellsStartOnTheAlignmentAskedFor() {
        for (int alignment = 1; alignment <= 4096; alignment *= 2) {
            for (int bytes : new int[] {1, 20, 40, 72, 130, 250, 700, 5000, 2 << 20}) {
                List<Long> handles = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    handles.add(pool.allocate(bytes, alignment));
                }
                for (long handle : handles) {
                    MemorySegment view = pool.view(handle);
                    assertThat(view.address() % alignment).isZero();
                    assertThat(view.byteSize()).isGreaterThanOrEqualTo(bytes);
                    pool.free(handle);
                }
            }
        }
    }

    @Test
    void noShardsMeansBucketsOnly() {
        pool.close();
        pool = open(0);
        long handle = pool.allocate(64);
        PoolStats stats = pool.stats();
        assertThat(stats.shardEnabled()).isFalse();
        assertThat(stats.buckets().get(4).bin().inUse()).isEqualTo(1);
        assertThat(stats.buckets().get(4).lockAcquisitions()).isEqualTo(2); // A slab came between.
        try (LocalPool local = pool.local()) {
            local.free(handle);
            local.free(local.allocate(64));
        }
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void shardTableThatCannotBeBuiltIsAnError() {
        assertThatThrownBy(() -> open(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open(PoolOptions.SHARDS_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1025 shards");
        assertThatThrownBy(() -> new PoolOptions(1, List.of(16, 20), false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PoolOptions(1, List.of(), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void classesAreTunable() {
        pool.close();
        pool = SmallPool.open(memory, new PoolOptions(1, List.of(40, 80, 512), false));
        assertThat(pool.cellBytes(pool.allocate(1))).isEqualTo(40);
        assertThat(pool.cellBytes(pool.allocate(41))).isEqualTo(80);
        assertThat(pool.cellBytes(pool.allocate(81))).isEqualTo(512);
        assertThat(pool.cellBytes(pool.allocate(64, 64))).isEqualTo(512);
        assertThat(pool.cellBytes(pool.allocate(513))).isEqualTo(1024);
        assertThat(pool.stats().shardAllocHits()).isEqualTo(4);
    }

    @Test
    void takenShardSendsOthersElsewhereAndThenToTheBuckets() {
        try (LocalPool first = pool.local()) {
            first.free(first.allocate(16));
            long elsewhere = OtherThread.call(() -> pool.allocate(16));
            assertThat(pool.stats().shardAllocMisses()).isZero();
            OtherThread.run(() -> {
                try (LocalPool second = pool.local()) {
                    second.free(second.allocate(16));
                    OtherThread.run(() -> pool.free(pool.allocate(16)));
                }
            });
            PoolStats stats = pool.stats();
            assertThat(stats.shardAllocMisses()).isEqualTo(1);
            assertThat(stats.buckets().getFirst().bin().allocations()).isEqualTo(1);
            assertThat(stats.shards().stream().mapToLong(ShardStats::failedClaims).sum())
                    .isPositive();
            pool.free(elsewhere);
        }
    }

    @Test
    void localPoolWithoutAShardStillWorks() {
        try (LocalPool first = pool.local();
                LocalPool second = pool.local();
                LocalPool third = pool.local()) {
            long a = third.allocate(16);
            long b = first.allocate(16);
            long c = second.allocate(16);
            third.free(b);
            third.free(c);
            first.free(a);
        }
        assertThat(pool.stats().buckets().getFirst().bin().allocations()).isEqualTo(1);
        pool.trim();
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void shardRefusedMemoryIsServedFromCellsThatAreFreeElsewhere() {
        long spare = OtherThread.call(() -> pool.allocate(16));
        Account hog = memory.budget().account("hog");
        long hoggedBytes = memory.budget().capBytes() - memory.budget().usedBytes();
        hog.reserve(hoggedBytes);
        while (memory.chunks().tryRegion(hog, 1) != null) {
            assertThat(memory.budget().usedBytes()).isEqualTo(memory.budget().capBytes());
        }
        long handle = pool.allocate(16);
        assertThat(handle).isNotZero();
        assertThatThrownBy(() -> pool.allocate(128)).isInstanceOf(BudgetExceeded.class);
        assertThat(pool.stats().inUse()).isEqualTo(2);
        pool.free(handle);
        pool.free(spare);
        hog.release(hoggedBytes);
    }

    @Test
    void resizeStaysInTheClassOrCopies() {
        long handle = pool.allocate(40);
        pool.view(handle).set(ValueLayout.JAVA_LONG, 8, 77);
        assertThat(pool.resize(handle, 48)).isEqualTo(handle);
        assertThat(pool.resize(handle, 33)).isEqualTo(handle);
        long larger = pool.resize(handle, 5000);
        assertThat(larger).isNotEqualTo(handle);
        assertThat(pool.view(larger).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(77);
        long huge = pool.resize(larger, 3 << 20);
        assertThat(pool.resize(huge, 2 << 20)).isEqualTo(huge);
        long small = pool.resize(huge, 16);
        assertThat(pool.view(small).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(77);
        pool.free(small);
        PoolStats stats = pool.stats();
        assertThat(stats.inUse()).isZero();
        assertThat(PoolStats.sum(stats.resizes())).isEqualTo(3);
        assertThat(PoolStats.sum(stats.remaps())).isEqualTo(3);
        assertThat(PoolStats.sum(stats.fallback().resizes())).isEqualTo(1);
        assertThat(PoolStats.sum(stats.fallback().remaps())).isEqualTo(1);
    }

    @Test
    void resizedCellStartsOnWhatTheOldOneStartedOn() {
        for (int alignment = 8; alignment <= 4096; alignment *= 2) {
            for (int from : new int[] {16, 100, 250, 5_000, 2 << 20}) {
                for (int to : new int[] {16, 40, 100, 250, 700, 5_000, 1 << 20, 3 << 20}) {
                    long handle = pool.allocate(from, alignment);
                    pool.view(handle).set(ValueLayout.JAVA_LONG, 8, from);
                    long resized = pool.resize(handle, to);
                    assertThat(pool.view(resized).address() % alignment)
                            .as("%d to %d bytes on %d", from, to, alignment)
                            .isZero();
                    assertThat(pool.cellBytes(resized)).isGreaterThanOrEqualTo(to);
                    assertThat(pool.view(resized).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(from);
                    pool.free(resized);
                }
            }
        }
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void retiredCellIsNotResized() {
        for (int bytes : new int[] {48, 5_000, 8 << 20}) {
            long pin = memory.epochs().enter();
            long handle = pool.allocate(bytes);
            pool.retire(handle);
            assertThatThrownBy(() -> pool.resize(handle, bytes)).isInstanceOf(BadHandle.class);
            assertThatThrownBy(() -> pool.resize(handle, bytes / 4)).isInstanceOf(BadHandle.class);
            assertThat(pool.view(handle).byteSize()).isGreaterThanOrEqualTo(bytes);
            memory.epochs().leave(pin);
            pool.trim();
        }
        assertThat(pool.stats().retired().heldBytes()).isZero();
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void shrunkCellGivesBackWhatItNoLongerNeeds() {
        long handle = pool.allocate(40 << 20);
        long held = pool.stats().memory().poolBytes();
        assertThat(pool.resize(handle, (1 << 20) + 1)).isEqualTo(handle);
        assertThat(pool.cellBytes(handle)).isEqualTo((1 << 20) + 1);
        assertThat(pool.view(handle).byteSize()).isEqualTo((1 << 20) + 1);
        long kept = pool.stats().memory().poolBytes();
        assertThat(kept).isLessThan(held / 30);
        assertThat(memory.budget().account("small_pool").usedBytes()).isEqualTo(kept);
        pool.free(handle);
        assertThat(pool.stats().memory().poolBytes()).isZero();
    }

    @Test
    void poolBytesAreThePoolsOwn() {
        try (SmallPool neighbour = SmallPool.open(memory, PoolOptions.defaults())) {
            long handle = neighbour.allocate(16);
            assertThat(pool.stats().memory().poolBytes()).isZero();
            assertThat(neighbour.stats().memory().poolBytes()).isPositive();
            neighbour.free(handle);
        }
    }

    @Test
    void thousandVirtualThreadsAllocateAndFreeEachOthersCells() throws InterruptedException {
        int count = 1_000;
        long[] handles = new long[count];
        AtomicInteger bad = new AtomicInteger();
        runVirtual(
                count,
                i -> {
                    for (int round = 0; round < 20; round++) {
                        long mine = pool.allocate(16 + (i * 7 + round) % 240);
                        pool.view(mine).set(ValueLayout.JAVA_LONG, 0, i);
                        LockSupport.parkNanos(1_000);
                        if (pool.view(mine).get(ValueLayout.JAVA_LONG, 0) != i) {
                            bad.incrementAndGet();
                        }
                        if (round < 19) {
                            pool.free(mine);
                        } else {
                            handles[i] = mine;
                        }
                    }
                });
        runVirtual(count, i -> pool.free(handles[(i + 1) % count]));
        assertThat(bad).hasValue(0);
        pool.trim();
        PoolStats stats = pool.stats();
        assertThat(PoolStats.sum(stats.allocSizes())).isEqualTo(20L * count);
        assertThat(PoolStats.sum(stats.freeSizes())).isEqualTo(20L * count);
        assertThat(stats.inUse()).isZero();
        assertThat(stats.shardDeferredTotal()).isZero();
    }

    private interface Indexed {
        void run(int index);
    }

    private static void runVirtual(int count, Indexed work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < count; t++) {
            int index = t;
            threads.add(
                    Thread.ofVirtual()
                            .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                            .start(() -> work.run(index)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private SmallPool open(int shards) {
        return SmallPool.open(memory, PoolOptions.defaults().withShards(shards));
    }
}
