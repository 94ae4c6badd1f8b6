package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChunksTest {

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

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
