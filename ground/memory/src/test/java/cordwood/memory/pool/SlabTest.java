package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import cordwood.memory.pool.DeferredList.Pushed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SlabTest {

    private static final int CELLS = 256;

    private final Memory memory = TestMemory.unattended(8 << 20);
    private final Account account = memory.budget().account("test");
    private final SlabTable table =
            new SlabTable(memory.chunks(), account, HandleSeries.open(), false);
    private final Bin bin = new Bin(table, new SizeClasses(List.of(256)), 0, null);
    private final Slab slab = table.addInsisting(bin);

    @AfterEach
    void close() {
        table.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void cellFreedTwiceAtOnceIsLostToNobodyElse() {
        List<Long> handles = allocateAll();
        assertThat(handles).hasSize(CELLS);
        long victim = handles.getFirst();
        long early = handles.get(1);
        long late = handles.get(2);
        long first = handles.get(3);
        slab.defer(early);
        slab.defer(victim);
        assertThat(slab.free(first)).isTrue();
        slab.freeCell(Handle.cell(victim), victim);
        slab.defer(late);
        assertThat(slab.splice()).isEqualTo(3);
        Set<Long> again = new HashSet<>(allocateAll());
        again.addAll(repairedAll());
        assertThat(again).hasSize(4);
        assertThat(again.stream().map(Handle::cell))
                .containsExactlyInAnyOrder(
                        Handle.cell(victim),
                        Handle.cell(early),
                        Handle.cell(late),
                        Handle.cell(first));
        assertThat(slab.outstanding()).isEqualTo(CELLS);
    }

    @Test
    void freeThatRacesARetirementTakesNoCellFromOthers() {
        long first = slab.allocate();
        long raced = slab.allocate();
        long last = slab.allocate();
        for (long handle : new long[] {first, raced, last}) {
            slab.retire(0, handle);
        }
        slab.freeCell(Handle.cell(raced), raced);
        long next = slab.allocate();
        assertThat(Handle.cell(next)).isEqualTo(Handle.cell(raced));

        assertThat(List.of(slab.unretire(0), slab.unretire(0)))
                .containsExactlyInAnyOrder(first, last);
        assertThat(slab.unretire(0)).isZero();
        assertThat(slab.deferRetired(raced)).isEqualTo(DeferredList.Pushed.REFUSED);
        assertThat(slab.deferRetired(first)).isEqualTo(DeferredList.Pushed.FIRST);
        assertThat(slab.isUsersCell(next)).isTrue();
    }

    @Test
    void cellRetiredAgainAfterSuchARaceIsOnOneListOnce() {
        long below = slab.allocate();
        long raced = slab.allocate();
        slab.retire(0, below);
        slab.retire(0, raced);
        slab.freeCell(Handle.cell(raced), raced);
        long next = slab.allocate();
        slab.retire(0, next); // Before itself, on the list as it was left.

        assertThat(List.of(slab.unretire(0), slab.unretire(0)))
                .containsExactlyInAnyOrder(below, next);
        assertThat(slab.unretire(0)).isZero();
        assertThatThrownBy(() -> slab.retireAgain(1, raced)).isInstanceOf(BadHandle.class);
        slab.retireAgain(1, next);
        assertThat(slab.unretire(0)).isZero();
        assertThat(slab.unretire(1)).isEqualTo(next);
    }

    @Test
    void anyNumberOfRacingFreesLeavesEveryCellWithOneUserAtATime() {
        Random random = new Random(TestSeed.SEED);
        List<Long> live = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            if (random.nextBoolean() && !live.isEmpty()) {
                long handle = live.remove(random.nextInt(live.size()));
                int cell = Handle.cell(handle);
                switch (random.nextInt(50)) {
                    case 0 -> {
                        slab.defer(handle);
                        slab.freeCell(cell, handle);
                    }
                    case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> slab.defer(handle);
                    default -> assertThat(slab.free(handle)).as(TestSeed.rerun()).isTrue();
                }
            } else {
                long handle = slab.allocate();
                if (handle == 0 && slab.splice() == 0) {
                    slab.repairIfCellsAreMissing();
                }
                if (handle != 0) {
                    assertThat(live.stream().map(Handle::cell))
                            .as(TestSeed.rerun())
                            .doesNotContain(Handle.cell(handle));
                    live.add(handle);
                }
            }
        }
        slab.splice();
        live.addAll(allocateAll());
        live.addAll(repairedAll());
        assertThat(live).as(TestSeed.rerun()).hasSize(CELLS);
    }

    @Test
    void pushOfACellThatWasFreedMeanwhileIsRefused() {
        long handle = slab.allocate();
        assertThat(slab.free(handle)).isTrue();
        assertThat(slab.defer(handle)).isEqualTo(Pushed.REFUSED);
        assertThat(slab.deferredCells()).isZero();
        long again = slab.allocate();
        assertThat(slab.defer(handle)).isEqualTo(Pushed.REFUSED);
        assertThat(slab.defer(again)).isEqualTo(Pushed.FIRST);
    }

    @Test
    void retiredCellIsSeenByItsHandleAndFreedByNobody() {
        long handle = slab.allocate();
        assertThat(slab.retire(0, handle)).isTrue();
        assertThat(slab.view(handle).byteSize()).isEqualTo(256);
        assertThat(slab.free(handle)).isFalse();
        assertThat(slab.defer(handle)).isEqualTo(Pushed.REFUSED);
        assertThatThrownBy(() -> slab.retire(1, handle)).isInstanceOf(BadHandle.class);
        assertThat(slab.stale(handle)).hasMessageContaining("retired");
        assertThat(slab.unretire(0)).isEqualTo(handle);
        assertThat(slab.hasRetired(0)).isFalse();
        assertThat(slab.deferRetired(handle)).isEqualTo(Pushed.FIRST);
        assertThatThrownBy(() -> slab.view(handle)).isInstanceOf(BadHandle.class);
        slab.splice();
        assertThat(slab.isEmpty()).isTrue();
    }

    @Test
    void handleOfAnEarlierSlabOfTheNumberIsStaleWhateverTheCellIsNow() {
        long old = slab.allocate();
        assertThat(slab.free(old)).isTrue();
        assertThat(table.remove(slab)).isTrue();
        Slab next = table.addInsisting(bin);
        assertThat(next.number()).isEqualTo(slab.number());
        assertStale(next, old);
        long mine = next.allocate();
        assertStale(next, old);
        next.retire(0, mine);
        assertStale(next, old);
        assertThat(next.view(mine).byteSize()).isEqualTo(256);
    }

    private static void assertStale(Slab of, long handle) {
        assertThatThrownBy(() -> of.view(handle)).isInstanceOf(BadHandle.class);
        assertThat(of.free(handle)).isFalse();
        assertThat(of.defer(handle)).isEqualTo(Pushed.REFUSED);
    }

    private List<Long> allocateAll() {
        List<Long> handles = new ArrayList<>();
        for (long handle = slab.allocate(); handle != 0; handle = slab.allocate()) {
            handles.add(handle);
        }
        return handles;
    }

    private List<Long> repairedAll() {
        return slab.repairIfCellsAreMissing() ? allocateAll() : List.of();
    }
}
