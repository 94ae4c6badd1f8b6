package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.StackEnd;
import cordwood.memory.epoch.Epochs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RetiredCellsTest {

    /**
     * Cells are numbers above 0, of as many bytes; what is to go wrong with some is said before.
     */
    private static final class Cells implements RetiredLists {

        private final List<ArrayDeque<Long>> lists =
                List.of(new ArrayDeque<>(), new ArrayDeque<>());
        private final Set<Long> marked = new HashSet<>();
        private final Map<Long, Throwable> failures = new HashMap<>();
        private final Set<Long> inUse = new HashSet<>();
        private final List<Long> freed = new ArrayList<>();
        private int triesCount;

        @Override
        public synchronized int push(int generation, long handle) {
            if (!marked.add(handle)) {
                throw BadHandle.stale(handle);
            }
            lists.get(generation).add(handle);
            return bytes(handle);
        }

        @Override
        public synchronized void pushAgain(int generation, long handle) {
            if (!marked.contains(handle)) {
                throw BadHandle.stale(handle);
            }
            lists.get(generation).add(handle);
        }

        @Override
        public synchronized long pop(int generation) {
            Long handle = lists.get(generation).poll();
            return handle == null ? 0 : handle;
        }

        @Override
        public int bytes(long handle) {
            return (int) handle;
        }

        @Override
        public synchronized boolean free(long handle) {
            triesCount++;
            Throwable failure = failures.remove(handle);
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException refused) {
                marked.remove(handle);
                throw refused;
            }
            if (inUse.contains(handle)) {
                return false;
            }
            marked.remove(handle);
            freed.add(handle);
            return true;
        }
    }

    private final Epochs epochs = new Epochs();
    private final Cells cells = new Cells();
    private final RetiredCells retired = new RetiredCells(epochs, cells);

    @Test
    void cellsWaitForThePinsThatCouldSeeThemAndForNoOther() {
        long early = epochs.enter();
        retire(1, 10);
        assertThat(retired.reclaim(100)).isZero();
        long late = epochs.enter();
        retire(11, 20);
        epochs.leave(early);
        assertThat(retired.reclaim(100)).isEqualTo(10);
        assertStats(20, 10, 155);
        epochs.leave(late);
        assertThat(retired.reclaim(100)).isEqualTo(10);
        assertThat(cells.freed).hasSize(20);
        assertStats(20, 0, 0);
    }

    @Test
    void reclaimFreesNoMoreThanAskedFor() {
        retire(1, 30);
        assertThat(retired.reclaim(7)).isEqualTo(7);
        assertThat(retired.reclaim(0)).isZero();
        assertThat(retired.stats().waiting()).isEqualTo(23);
        assertThat(retired.reclaim(Integer.MAX_VALUE)).isEqualTo(23);
    }

    @Test
    void retireFreesABoundedShareEachAndTheBacklogShrinks() {
        long pin = epochs.enter();
        retire(1, 100_000);
        epochs.leave(pin);
        long next = 100_001;
        while (retired.stats().waiting() > 256) {
            int before = cells.triesCount;
            retired.retire(next++);
            assertThat(cells.triesCount - before).isLessThanOrEqualTo(128);
            assertThat(next).isLessThan(250_000);
        }
        assertThat(epochs.retired()).isZero();
    }

    @Test
    void secondRetirementIsRefusedAndChangesNothing() {
        retired.retire(5);
        assertThatThrownBy(() -> retired.retire(5)).isInstanceOf(BadHandle.class);
        assertStats(1, 1, 5);
        assertThat(retired.reclaim(10)).isEqualTo(1);
        assertThat(cells.freed).containsExactly(5L);
    }

    @Test
    void cellStillInUseWaitsForALaterRoundAndHoldsUpNoOther() {
        retire(1, 10);
        cells.inUse.add(3L);
        assertThat(retired.reclaim(100)).isEqualTo(9);
        assertThat(cells.triesCount).isLessThanOrEqualTo(11);
        assertStats(10, 1, 3);
        cells.inUse.clear();
        assertThat(retired.reclaim(100)).isEqualTo(1);
        assertStats(10, 0, 0);
    }

    @Test
    void failingFreesKeepNoOtherFromBeingFreed() {
        retire(1, 10);
        OutOfMemoryError failure = new OutOfMemoryError("injected");
        BadHandle refusal = BadHandle.stale(2);
        cells.failures.put(2L, refusal);
        cells.failures.put(4L, failure);
        assertThatThrownBy(() -> retired.reclaim(100)).isSameAs(failure);
        assertThatThrownBy(() -> retired.reclaim(100)).isSameAs(refusal);
        assertThat(retired.reclaim(100)).isZero();
        assertThat(cells.freed).hasSize(9).contains(4L).doesNotContain(2L);
        assertStats(10, 0, 0);
    }

    @Test
    void retireDoesNotThrowWhatIsWrongWithOtherCells() {
        BadHandle refusal = BadHandle.stale(2);
        cells.failures.put(2L, refusal);
        cells.failures.put(4L, new OutOfMemoryError("injected"));
        retire(1, 65);
        assertThat(cells.freed).hasSize(63);
        assertStats(65, 1, 65);
        assertThatThrownBy(() -> retired.reclaim(100)).isSameAs(refusal);
        assertStats(65, 0, 0);
    }

    /** Called with ever less stack: every cell is freed once, or was never retired. */
    @Test
    void stackOverflowAnywhereLosesNoCell() throws InterruptedException {
        Cells plain = new Cells();
        RetiredCells byRing = new RetiredCells(epochs, new Ring(plain));
        long[] retiredCount = {0};
        StackEnd.sweep(() -> {
            byRing.retire(retiredCount[0] + 1);
            retiredCount[0]++;
        });
        StackEnd.sweep(() -> byRing.reclaim(3));
        byRing.reclaim(Integer.MAX_VALUE);
        RetireStats stats = byRing.stats();
        assertThat(stats).isEqualTo(new RetireStats(retiredCount[0], 0, 0));
        assertThat(plain.triesCount).isEqualTo((int) retiredCount[0]).isPositive();
    }

    /** Lists in arrays, changed in single steps, as those of a pool. */
    private static final class Ring implements RetiredLists {

        private final Cells counted;
        private final long[][] handles = new long[2][200_000];
        private final int[] counts = new int[2];

        Ring(Cells counted) {
            this.counted = counted;
        }

        @Override
        public int push(int generation, long handle) {
            handles[generation][counts[generation]++] = handle;
            return 8;
        }

        @Override
        public void pushAgain(int generation, long handle) {
            handles[generation][counts[generation]++] = handle;
        }

        @Override
        public long pop(int generation) {
            return counts[generation] == 0 ? 0 : handles[generation][--counts[generation]];
        }

        @Override
        public int bytes(long handle) {
            return 8;
        }

        @Override
        public boolean free(long handle) {
            synchronized (counted) {
                counted.triesCount++;
            }
            return true;
        }
    }

    @Test
    void cellsRetiredAndReclaimedByManyThreadsAreFreedOnceEach() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            long first = 1 + t * 10_000L;
            threads[t] = Thread.ofPlatform().start(() -> retireAndReclaim(first, 10_000));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        retired.reclaim(Integer.MAX_VALUE);
        assertStats(40_000, 0, 0);
        assertThat(cells.freed).hasSize(40_000).doesNotHaveDuplicates();
    }

    private void retireAndReclaim(long first, int count) {
        for (long handle = first; handle < first + count; handle++) {
            long pin = epochs.enter();
            retired.retire(handle);
            epochs.leave(pin);
            if (handle % 100 == 0) {
                retired.reclaim(50);
            }
        }
    }

    private void retire(long first, long last) {
        for (long handle = first; handle <= last; handle++) {
            retired.retire(handle);
        }
    }

    private void assertStats(long total, int waiting, long heldBytes) {
        assertThat(retired.stats()).isEqualTo(new RetireStats(total, waiting, heldBytes));
    }
}
