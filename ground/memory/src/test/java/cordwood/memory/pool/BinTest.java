package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.ChunkRefused;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BinTest {

    private static final int CELLS = 256; // of 256 bytes in a slab

    private final Memory memory = TestMemory.unattended(32 << 20);
    private final Account account = memory.budget().account("test");
    private final SizeClasses classes = new SizeClasses(List.of(256));
    private final HandleSeries series = HandleSeries.open();
    private final SlabTable table = new SlabTable(memory.chunks(), account, series, false);
    private final Bin bin = new Bin(table, classes, 0, null);

    @AfterEach
    void close() {
        table.close();
        assertThat(account.usedBytes()).isZero();
        memory.close();
    }

    @Test
    void emptySlabsGoBackExceptOne() {
        List<Long> handles = fill(10 * CELLS);
        assertThat(bin.stats(table.deferredByBin()).slabs()).isEqualTo(10);
        handles.forEach(this::free);
        assertThat(bin.stats(table.deferredByBin()).slabs()).isEqualTo(2);
        assertThat(bin.stats(table.deferredByBin()).emptySlabs()).isEqualTo(1);
        bin.trim();
        assertThat(bin.stats(table.deferredByBin()).slabs()).isEqualTo(2);
        bin.trim();
        assertThat(bin.stats(table.deferredByBin()).slabs()).isZero();
    }

    @Test
    void allocationAtTheEdgeOfASlabDoesNotAskForRegionsAgainAndAgain() {
        fill(CELLS);
        for (int i = 0; i < 1_000; i++) {
            free(allocate());
        }
        assertThat(bin.stats(table.deferredByBin()).refills()).isEqualTo(2);
    }

    @Test
    void deferredCellsAreReusedBeforeASlabIsTaken() {
        List<Long> handles = fill(4 * CELLS);
        handles.forEach(this::defer);
        assertThat(bin.stats(table.deferredByBin()).deferred()).isEqualTo(4L * CELLS);
        fill(4 * CELLS);
        BinStats stats = bin.stats(table.deferredByBin());
        assertThat(stats.refills()).isEqualTo(4);
        assertThat(stats.deferred()).isZero();
        assertThat(stats.inUse()).isEqualTo(4L * CELLS);
    }

    @Test
    void slabWhoseCellsWereAllFreedFromOutsideGoesBack() {
        List<Long> handles = fill(4 * CELLS);
        handles.forEach(this::defer);
        bin.drain();
        assertThat(bin.stats(table.deferredByBin()).slabs()).isEqualTo(2);
        bin.trim();
        bin.trim();
        assertThat(bin.stats(table.deferredByBin()).slabs()).isZero();
    }

    /** A backlog of any length costs the allocation that meets it one slab's worth of work. */
    @Test
    void allocationTakesInOneSlabsBacklogAtATime() {
        List<Long> handles = fill(50 * CELLS);
        handles.forEach(this::defer);
        allocate();
        assertThat(bin.stats(table.deferredByBin()).deferred()).isEqualTo(49L * CELLS);
    }

    @Test
    void handlesAreNeverIssuedTwiceEvenWhenSlabsAndNumbersAreReused() {
        List<Long> seen = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            List<Long> handles = fill(3 * CELLS);
            seen.addAll(handles);
            handles.forEach(this::free);
            bin.releaseEmpty();
        }
        assertThat(bin.stats(table.deferredByBin()).refills()).isEqualTo(60);
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(Handle.slab(seen.getLast(), series.poolTag())).isLessThan(3);
    }

    @Test
    void mixedLocalAndDeferredFreesKeepEveryCellInOnePlace() {
        ArrayDeque<Long> live = new ArrayDeque<>();
        Random random = new Random(TestSeed.SEED);
        for (int i = 0; i < 200_000; i++) {
            int choice = random.nextInt(100);
            if (choice < 50 && live.size() < 5 * CELLS) {
                long handle = allocate();
                table.find(handle).view(handle).set(ValueLayout.JAVA_LONG, 0, handle);
                live.add(handle);
            } else if (!live.isEmpty()) {
                long handle = random.nextBoolean() ? live.removeFirst() : live.removeLast();
                assertThat(table.find(handle).view(handle).get(ValueLayout.JAVA_LONG, 0))
                        .as(TestSeed.rerun())
                        .isEqualTo(handle);
                if (choice < 75) {
                    free(handle);
                } else {
                    defer(handle);
                }
            }
            if (choice == 99) {
                bin.trim();
            }
            BinStats stats = bin.stats(table.deferredByBin());
            assertThat(stats.inUse() - stats.deferred()).isEqualTo(live.size());
        }
        live.forEach(this::free);
        bin.trim();
        bin.trim();
        bin.releaseEmpty();
        assertThat(bin.stats(table.deferredByBin()).slabs()).isZero();
        assertThat(bin.stats(table.deferredByBin()).damagedLists()).isZero();
    }

    /**
     * Two frees of one handle that race past the check leave the cell on two lists. It is still
     * handed out once at a time, and its slab stays as long as somebody has a cell of it.
     */
    @Test
    void racingFreesOfOneHandleNeverGiveACellTwoUsers() {
        long victim = allocate();
        long other = allocate();
        Slab slab = table.find(victim);
        defer(victim);
        slab.freeCell(Handle.cell(victim), victim);
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < 3 * CELLS; i++) {
            handles.add(allocate());
        }
        assertThat(handles).doesNotHaveDuplicates().doesNotContain(other);
        assertThat(handles.stream().map(handle -> handle >>> 26)).doesNotHaveDuplicates();
        handles.forEach(this::free);
        bin.trim();
        bin.trim();
        assertThat(table.find(other).view(other).byteSize()).isEqualTo(256);
    }

    @Test
    void everyRefusedChunkLeavesThePoolAsItWas() {
        for (int n = 1; ; n++) {
            AtomicLong failing = new AtomicLong(n);
            Memory fragile = TestMemory.failing(64 << 20, failing);
            SmallPool pool = SmallPool.open(fragile, PoolOptions.defaults().withShards(2));
            int refusals = 0;
            List<Long> handles = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                try {
                    handles.add(pool.allocate(i % 9 == 0 ? 300_000 : 16 + i % 240));
                } catch (ChunkRefused refused) {
                    refusals++;
                }
                assertThat(pool.stats().inUse()).isEqualTo(handles.size());
                assertThat(fragile.budget().usedBytes()).isEqualTo(fragile.chunks().nativeBytes());
            }
            handles.forEach(pool::free);
            Settled.await(pool);
            pool.close();
            fragile.close();
            assertThat(fragile.budget().usedBytes()).isZero();
            if (failing.get() > 0) {
                assertThat(refusals).isZero();
                assertThat(n).isGreaterThan(15);
                return;
            }
            assertThat(refusals).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void refusalIsAnException() {
        Memory fragile = TestMemory.failing(32 << 20, new AtomicLong(1));
        SmallPool pool = SmallPool.open(fragile, PoolOptions.defaults().withShards(0));
        assertThatThrownBy(() -> pool.allocate(16)).isInstanceOf(ChunkRefused.class);
        pool.free(pool.allocate(16));
        pool.close();
        fragile.close();
    }

    private List<Long> fill(int count) {
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            handles.add(allocate());
        }
        return handles;
    }

    private long allocate() {
        long handle = bin.allocate();
        if (handle == 0) {
            bin.offer(table.addInsisting(bin));
            handle = bin.allocate();
        }
        return handle;
    }

    private void free(long handle) {
        assertThat(bin.free(table.find(handle), handle)).isTrue();
    }

    private void defer(long handle) {
        assertThat(bin.defer(table.find(handle), handle, false)).isTrue();
    }
}
