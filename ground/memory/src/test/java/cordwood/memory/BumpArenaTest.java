package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class BumpArenaTest {

    private static final int MIB = 1 << 20;

    private final Budget budget = new Budget(4 * MIB);
    private final Account account = budget.account("memtable");
    private final Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);

    @Test
    void everyAllocationKeepsItsBytesUntilClose() {
        BumpArena arena = new BumpArena(chunks, account, 128 << 10);
        long[] places = new long[20_000];
        for (int i = 0; i < places.length; i++) {
            int bytes = i % 5_000 == 4_999 ? 200_000 : 8 + i % 90;
            places[i] = arena.allocate(bytes, 8);
            arena.region(places[i]).set(ValueLayout.JAVA_LONG, BumpArena.offset(places[i]), i);
        }
        for (int i = 0; i < places.length; i++) {
            assertThat(arena.slice(places[i], 8).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(i);
        }
        assertThat(account.usedBytes()).isEqualTo(arena.chargedBytes()).isPositive();
        arena.close();
        arena.close();
        assertThat(account.usedBytes()).isZero();
    }

    @Test
    void useAfterCloseThrows() {
        BumpArena arena = new BumpArena(chunks, account, MIB / 2);
        long place = arena.allocate(10, 1);
        arena.close();
        assertThatThrownBy(() -> arena.allocate(10, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.region(place)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.slice(place, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(arena.usedBytes()).isZero();
        assertThat(arena.chargedBytes()).isZero();
    }

    @Test
    void useAfterCloseOfTheMemoryThrows() {
        BumpArena arena = new BumpArena(chunks, account, MIB / 2);
        long place = arena.allocate(10, 1);
        chunks.close();
        assertThatThrownBy(() -> arena.allocate(10, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.region(place)).isInstanceOf(IllegalStateException.class);
        arena.close();
    }

    @Test
    void refusalLeavesTheArenaUsable() {
        BumpArena arena = new BumpArena(chunks, account, MIB / 2);
        arena.allocate(100, 1);
        long chargedBytes = arena.chargedBytes();
        assertThatThrownBy(() -> arena.allocate(8 * MIB, 1)).isInstanceOf(BudgetExceeded.class);
        assertThat(arena.chargedBytes()).isEqualTo(chargedBytes);
        assertThat(BumpArena.offset(arena.allocate(1, 64))).isEqualTo(128);
        arena.close();
    }

    @Test
    void sizeZeroAndOddAlignmentsAreRefused() {
        BumpArena arena = new BumpArena(chunks, account, MIB);
        assertThatThrownBy(() -> arena.allocate(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arena.allocate(1, 3)).isInstanceOf(IllegalArgumentException.class);
        for (int alignmentBytes : new int[] {0, -1, -8, 128, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> arena.allocate(1, alignmentBytes))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void slicesThatAreNotInTheirRegionAreRefused() {
        BumpArena arena = new BumpArena(chunks, account, 1 << 16);
        long place = arena.allocate(100, 8);
        for (long bytes : new long[] {-1, Long.MIN_VALUE, (1 << 16) + 1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> arena.slice(place, bytes))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> arena.slice(place + 70_000, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(arena.slice(place, 1 << 16).byteSize()).isEqualTo(1 << 16);
    }

    @Test
    void placesOfNoRegionAreRefused() {
        BumpArena arena = new BumpArena(chunks, account, MIB);
        arena.allocate(1, 1);
        for (long place : new long[] {-1, Long.MIN_VALUE, 1L << 32, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> arena.region(place))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
