package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ChunksTest {

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long GRANULE = Chunks.GRANULE_BYTES;

    private final Budget budget = new Budget(8 * MIB);
    private final Account account = budget.account("test");

    @Test
    void accountedBytesAreTheNativeBytes() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Region small = chunks.region(account, 100);
        Region large = chunks.region(account, 3 * MIB);
        assertThat(small.sizeBytes()).isEqualTo(100);
        assertThat(account.usedBytes()).isEqualTo(64 * KIB + 3 * MIB);
        assertThat(budget.usedBytes()).isEqualTo(chunks.nativeBytes());
        assertThat(chunks.nativeBytes()).isEqualTo(MIB + 3 * MIB + 64);
        small.close();
        large.close();
        large.close();
        assertThat(account.usedBytes()).isZero();
        assertThat(budget.usedBytes()).isEqualTo(chunks.nativeBytes());
        assertThat(chunks.closeEmpty(Duration.ZERO, 9)).isEqualTo(2);
        assertThat(budget.usedBytes()).isZero();
        assertThat(chunks.nativeBytes()).isZero();
    }

    @Test
    void regionsNeverOverlap() {
        long seed = Long.getLong("cordwood.seed", System.nanoTime());
        Random random = new Random(seed);
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        List<Region> regions = new ArrayList<>();
        List<Long> marks = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (regions.isEmpty() || random.nextInt(100) < 52) {
                long bytes = 8L + random.nextInt(random.nextInt(20) == 0 ? 2 * MIB : 200 * KIB);
                Region region = chunks.tryRegion(account, bytes);
                if (region == null) {
                    continue;
                }
                assertThat(region.memory().address() % 64).isZero();
                stamp(region.memory(), i);
                regions.add(region);
                marks.add((long) i);
            } else {
                int victim = random.nextInt(regions.size());
                Region region = regions.remove(victim);
                assertThat(intact(region.memory(), marks.remove(victim)))
                        .as("rerun with -Dcordwood.seed=%d", seed)
                        .isTrue();
                region.close();
            }
            assertThat(budget.usedBytes()).isEqualTo(chunks.nativeBytes());
        }
        chunks.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void regionAfterCloseThrows() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Region region = chunks.region(account, 10);
        MemorySegment kept = region.memory();
        region.close();
        assertThatThrownBy(region::memory).isInstanceOf(IllegalStateException.class);
        chunks.close();
        assertThatThrownBy(() -> kept.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> chunks.region(account, 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void regionOfASizeThatNeverFitsThrowsAfterCloseAsAnyOther() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        chunks.close();
        for (long bytes : new long[] {1, 8 * MIB, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> chunks.region(account, bytes))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> chunks.region(account, bytes, Duration.ZERO))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> chunks.tryRegion(account, bytes))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(budget.refusals()).isZero();
    }

    @Test
    void segmentKeptOverACheckedRegionThrows() {
        Chunks chunks = new Chunks(budget, MIB, true, ChunkSource::system);
        Region region = chunks.region(account, 10);
        Region other = chunks.region(account, 10);
        MemorySegment kept = region.memory();
        region.close();
        assertThatThrownBy(() -> kept.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
        other.memory().set(ValueLayout.JAVA_BYTE, 9, (byte) 1);
        other.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void refusedChunkLeavesNothingReserved() {
        Chunks chunks =
                new Chunks(
                        budget,
                        MIB,
                        false,
                        bytes -> {
                            throw new OutOfMemoryError("injected");
                        });
        assertThatThrownBy(() -> chunks.region(account, 10)).isInstanceOf(ChunkRefused.class);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void lastBytesOfTheBudgetAreUsableInASmallChunk() {
        Chunks chunks = new Chunks(budget, 3 * MIB, false, ChunkSource::system);
        while (chunks.tryRegion(account, 64 * KIB) != null) {
            assertThat(budget.usedBytes()).isLessThanOrEqualTo(8 * MIB);
        }
        assertThat(budget.usedBytes()).isEqualTo(8 * MIB);
        assertThat(account.usedBytes()).isGreaterThan(8 * MIB - 4 * 64 * KIB);
        assertThatThrownBy(() -> chunks.region(account, 1, Duration.ofMillis(2)))
                .isInstanceOf(BudgetExceeded.class);
        chunks.close();
    }

    @Test
    void idleChunksAreGivenBackBeforeARefusal() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        fill(chunks).forEach(Region::close);
        chunks.region(account, 7 * MIB).close();
        fill(chunks).forEach(Region::close);
        account.reserve(8 * MIB);
        account.release(8 * MIB);
        fill(chunks).forEach(Region::close);
        Region large = chunks.tryRegion(account, 7 * MIB);
        assertThat(large).isNotNull();
        assertThat(chunks.tryRegion(account, 7 * MIB)).isNull();
        chunks.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void idleChunksAreKeptWhenTheyAreNotEnough() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        chunks.region(account, 4 * MIB);
        chunks.region(account, 10).close();
        assertThat(chunks.tryRegion(account, 6 * MIB)).isNull();
        assertThat(chunks.chunksClosed()).isZero();
        chunks.close();
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnce() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        for (long bytes : new long[] {8 * MIB, 9 * MIB, 1L << 46, 1L << 48, Long.MAX_VALUE}) {
            assertThat(chunks.tryRegion(account, bytes)).isNull();
            assertThatThrownBy(() -> chunks.region(account, bytes))
                    .isInstanceOf(BudgetExceeded.class);
            assertThatThrownBy(() -> chunks.region(account, bytes, Duration.ofDays(400_000)))
                    .isInstanceOf(BudgetExceeded.class);
        }
        assertThatThrownBy(() -> chunks.region(account, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shrunkRegionGivesItsTailToTheNext() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Region region = chunks.region(account, 15 * 64 * KIB);
        region.memory().set(ValueLayout.JAVA_LONG, 0, 42);
        region.shrink(64 * KIB + 1);
        assertThat(region.memory().byteSize()).isEqualTo(64 * KIB + 1);
        assertThat(region.chargedBytes()).isEqualTo(128 * KIB);
        assertThat(account.usedBytes()).isEqualTo(128 * KIB);
        Region tail = chunks.region(account, 13 * 64 * KIB);
        assertThat(chunks.chunksOpened()).isEqualTo(1);
        assertThat(region.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        assertThatThrownBy(() -> region.shrink(64 * KIB + 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> region.shrink(0)).isInstanceOf(IllegalArgumentException.class);
        tail.close();
        region.close();
        assertThatThrownBy(() -> region.shrink(1)).isInstanceOf(IllegalStateException.class);
        assertThat(account.usedBytes()).isZero();
        chunks.close();
    }

    /** So chunks of odd sizes, of which the C library keeps what is freed, stay few. */
    @Test
    void regionLargerThanAChunkIsCutFromAChunkThatHasRoom() {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Region large = chunks.region(account, 5 * MIB);
        Region first = chunks.region(account, 64 * KIB);
        large.shrink(MIB);
        Region second = chunks.region(account, 3 * MIB);
        assertThat(chunks.chunksOpened()).isEqualTo(2);
        first.close();
        second.close();
        large.close();
        chunks.close();
    }

    @Test
    void waiterForALargeRegionIsNotStarvedBySmallOnes() throws InterruptedException {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        List<Region> small = fill(chunks);
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    try {
                        chunks.region(account, 4 * MIB, Duration.ofDays(1));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        small.removeLast().close();
        for (Region taken = chunks.tryRegion(account, 1); taken != null; ) {
            taken.close();
            taken = chunks.tryRegion(account, 1);
        }
        while (!small.isEmpty()) {
            small.removeLast().close();
        }
        assertThat(waiter.join(Duration.ofMinutes(1))).isTrue();
        assertThat(account.usedBytes()).isEqualTo(4 * MIB);
        chunks.close();
    }

    @Test
    void closeBesideThreadsThatCloseAndMakeRegionsGivesAllBack() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            Budget own = new Budget(8 * MIB);
            Account owner = own.account("owner");
            Chunks chunks = new Chunks(own, MIB, round % 4 == 3, ChunkSource::system);
            List<Region> regions = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                regions.add(chunks.region(owner, 60_000));
            }
            CountDownLatch under = new CountDownLatch(2);
            Thread closer =
                    Thread.ofPlatform()
                            .start(() -> {
                                under.countDown();
                                regions.forEach(Region::close);
                            });
            Thread maker =
                    Thread.ofPlatform()
                            .start(() -> {
                                under.countDown();
                                takeUntilClosed(chunks, owner);
                            });
            under.await();
            chunks.close();
            closer.join();
            maker.join();
            assertThat(own.usedBytes()).isZero();
            assertThat(chunks.nativeBytes()).isZero();
            chunks.close();
        }
    }

    @Test
    void closeDuringASystemCallGivesTheRestBackAndIsFinishedLater() throws Exception {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Region written = chunks.region(account, 900 * KIB);
        chunks.region(account, 3 * MIB);
        Pipe pipe = Pipe.open();
        Thread writer = Thread.ofPlatform().start(() -> write(pipe, written));
        ByteBuffer first = ByteBuffer.allocate(1);
        pipe.source().read(first);
        assertThatThrownBy(chunks::close).isInstanceOf(IllegalStateException.class);
        assertThat(account.usedBytes()).isZero();
        assertThat(chunks.nativeBytes()).isEqualTo(MIB);
        ByteBuffer rest = ByteBuffer.allocate(MIB);
        while (writer.isAlive()) {
            if (rest.position() < 900 * KIB - 1) {
                pipe.source().read(rest);
            }
        }
        chunks.close();
        assertThat(budget.usedBytes()).isZero();
        pipe.source().close();
        pipe.sink().close();
    }

    /** Both have begun when the lock that they need becomes free. */
    @Test
    void regionShrunkByTwoAtOnceHasTheSmallerSizeAndIsChargedForIt() throws Exception {
        Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);
        Field lock = Chunks.class.getDeclaredField("lock");
        lock.setAccessible(true);
        for (int[] granules : new int[][] {{1, 12}, {12, 1}}) {
            Region region = chunks.region(account, 15 * GRANULE);
            List<Thread> threads = new ArrayList<>();
            synchronized (lock.get(chunks)) {
                for (int kept : granules) {
                    Thread thread = Thread.ofPlatform().start(() -> shrink(region, kept));
                    threads.add(thread);
                    while (thread.getState() != Thread.State.BLOCKED) {
                        Thread.onSpinWait();
                    }
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(region.sizeBytes()).isEqualTo(GRANULE);
            assertThat(account.usedBytes()).isEqualTo(GRANULE);
            region.close();
        }
        chunks.close();
    }

    private static void shrink(Region region, int granules) {
        try {
            region.shrink(granules * GRANULE);
        } catch (IllegalArgumentException smallerAlready) {
            assertThat(granules).isGreaterThan(1);
        }
    }

    @Test
    void checkedRegionClosedDuringASystemCallIsGoneAtTheNextUpkeepAfterIt() throws Exception {
        Chunks chunks = new Chunks(budget, MIB, true, ChunkSource::system);
        chunks.startMaker();
        chunks.region(account, 10);
        Region written = chunks.region(account, 900 * KIB);
        MemorySegment kept = written.memory();
        Pipe pipe = Pipe.open();
        Thread writer = Thread.ofPlatform().start(() -> write(pipe, written));
        pipe.source().read(ByteBuffer.allocate(1));
        written.close();
        assertThat(kept.scope().isAlive()).isTrue();
        ByteBuffer rest = ByteBuffer.allocate(MIB);
        while (writer.isAlive()) {
            if (rest.position() < 900 * KIB - 1) {
                pipe.source().read(rest);
            }
        }
        assertThat(chunks.closeEmpty(Duration.ofDays(1), 1)).isEqualTo(1);
        assertThat(kept.scope().isAlive()).isFalse();
        chunks.close();
        pipe.source().close();
        pipe.sink().close();
    }

    private static void write(Pipe pipe, Region region) {
        try {
            pipe.sink().write(region.buffer());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void takeUntilClosed(Chunks chunks, Account owner) {
        try {
            while (true) {
                Region region = chunks.tryRegion(owner, 60_000);
                if (region != null && region.memory().byteSize() % 2 == 1) {
                    return;
                }
            }
        } catch (IllegalStateException closed) {
            // As it should.
        }
    }

    private List<Region> fill(Chunks chunks) {
        List<Region> regions = new ArrayList<>();
        for (Region region = chunks.tryRegion(account, 1); region != null; ) {
            regions.add(region);
            region = chunks.tryRegion(account, 1);
        }
        return regions;
    }

    private static void stamp(MemorySegment memory, long mark) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, mark);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, memory.byteSize() - 8, ~mark);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, mark);
    }

    private static boolean intact(MemorySegment memory, long mark) {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == mark
                && (memory.byteSize() < 16
                        || memory.get(ValueLayout.JAVA_LONG_UNALIGNED, memory.byteSize() - 8)
                                == ~mark);
    }
}
