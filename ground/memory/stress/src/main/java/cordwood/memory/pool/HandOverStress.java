package cordwood.memory.pool;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What one thread did with a cell is seen by whom the cell goes to next. */
public class HandOverStress {

    private static final int CELL = 3;

    /** One pool for all states of a process: what is shared here is meant to be. */
    private static final class OnePool {
        static final Memory MEMORY = Memory.open(MemoryOptions.ofBudget(256L << 20));
        static final SmallPool POOL = SmallPool.open(MEMORY, PoolOptions.defaults().withShards(1));
    }

    private static long[] users() {
        long[] states = new long[8];
        Arrays.fill(states, 1);
        return states;
    }

    /** Who detaches a deferred cell sees what its last user wrote to it. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "detached before the push")
    @Outcome(id = "3, 1", expect = Expect.ACCEPTABLE, desc = "detached with what was written")
    @Outcome(id = "3, 0", expect = Expect.FORBIDDEN, desc = "a write to the cell came late")
    @State
    public static class DeferredCell {

        private final DeferredList list = new DeferredList(users());
        private int contents;

        @Actor
        public void user() {
            contents = 1;
            list.push(CELL, 1);
        }

        @Actor
        public void owner(II_Result result) {
            long detached = list.detach();
            if (detached >>> DeferredList.COUNT_SHIFT == 1) {
                result.r1 = (int) detached & DeferredList.CELL_MASK;
                result.r2 = contents;
            }
        }
    }

    /** Two pushes at once lose nothing. */
    @JCStressTest
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "both cells, linked to each other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a cell is lost or linked wrongly")
    @State
    public static class TwoPushes {

        private final long[] states = users();
        private final DeferredList list = new DeferredList(states);

        @Actor
        public void first() {
            list.push(1, 1);
        }

        @Actor
        public void second() {
            list.push(2, 1);
        }

        @Arbiter
        public void owner(I_Result result) {
            long detached = list.detach();
            int head = (int) detached & DeferredList.CELL_MASK;
            int tail = (int) (detached >>> DeferredList.TAIL_SHIFT) & DeferredList.CELL_MASK;
            boolean linked =
                    CellState.next(states[head]) == tail
                            && CellState.next(states[tail]) == CellState.NIL
                            && head != tail;
            result.r1 = linked ? (int) (detached >>> DeferredList.COUNT_SHIFT) : -1;
        }
    }

    /** A cell freed from outside while the owner takes cells in is found now or the next time. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "taken in, one cell left in use")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the owner missed it")
    @State
    public static class DeferWhileDraining {

        private final SlabTable table =
                new SlabTable(
                        OnePool.MEMORY.chunks(),
                        OnePool.MEMORY.budget().account("stress"),
                        HandleSeries.open(),
                        false);
        private final Bin bin = new Bin(table, new SizeClasses(List.of(256)), 0, null);
        private final long early;
        private final long late;

        public DeferWhileDraining() {
            bin.offer(table.addInsisting(bin));
            early = bin.allocate();
            late = bin.allocate();
            bin.allocate();
            bin.defer(table.find(early), early, false);
        }

        @Actor
        public void user() {
            bin.defer(table.find(late), late, false);
        }

        @Actor
        public void owner() {
            bin.drain();
        }

        @Arbiter
        public void result(II_Result result) {
            bin.drain();
            result.r1 = (int) bin.stats(table.deferredByBin()).deferred();
            result.r2 = (int) bin.stats(table.deferredByBin()).inUse();
            bin.forget();
            table.close();
        }
    }

    /** A handle that was handed over finds its slab, even a new one, and what was written there. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "nothing handed over yet")
    @Outcome(id = "42", expect = Expect.ACCEPTABLE, desc = "found with its contents")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or without its contents")
    @State
    public static class HandleOfNewSlab {

        /** Few cells to a slab, so that slabs come and go all the time. */
        private static final int BYTES = 1 << 16;

        private final AtomicLong published = new AtomicLong();

        @Actor
        public void giver() {
            long handle = OnePool.POOL.allocate(BYTES);
            OnePool.POOL.view(handle).set(ValueLayout.JAVA_INT, 0, 42);
            published.setRelease(handle);
        }

        @Actor
        public void taker(I_Result result) {
            long handle = published.getAcquire();
            if (handle != 0) {
                try {
                    result.r1 = OnePool.POOL.view(handle).get(ValueLayout.JAVA_INT, 0);
                } catch (BadHandle lost) {
                    result.r1 = -1;
                }
            }
        }

        @Arbiter
        public void free() {
            OnePool.POOL.free(published.get());
        }
    }

    /** Two threads at one shard never get the same cell. */
    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "two cells")
    @Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "one cell for two")
    @State
    public static class ClaimedShard {

        private long first;
        private long second;

        @Actor
        public void first() {
            first = OnePool.POOL.allocate(64);
        }

        @Actor
        public void second() {
            second = OnePool.POOL.allocate(64);
        }

        @Arbiter
        public void both(Z_Result result) {
            result.r1 =
                    first != second
                            && OnePool.POOL.view(first).address()
                                    != OnePool.POOL.view(second).address();
            OnePool.POOL.free(first);
            OnePool.POOL.free(second);
        }
    }
}
