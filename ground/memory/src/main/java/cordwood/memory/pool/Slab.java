package cordwood.memory.pool;

import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Memory divided into cells of one size, owned by one {@link Bin}. */
final class Slab {

    /*
     * Invariants:
     *   1. A cell is in exactly one place: the free list, the deferred list, the fresh cells at the
     *      end, with its user, or used up. Only with its user is its generation odd.
     *   2. live counts cells with a user or on the deferred list: at 0 nothing is outstanding.
     *   3. A cell is handed out only when its generation is even, and a slab is released only when
     *      all are. So whatever two racing frees of one handle do to the lists, no cell ever has two
     *      users and no user loses its slab; the worst is that cells are lost until the slab goes.
     *
     * Generations only grow: a free from outside moves one by compare-and-set; the owner writes only
     * the one that such a free would have written too, or, to a cell that is free, the next. Who moved
     * it writes the cell's link, until the cell is on a list.
     *
     * Lists are on the heap, not in the free cells: a write through a stale view damages bytes, but
     * never a list. The owner is whoever holds the bin's shard or lock.
     */

    /** Ends a list. */
    static final int NIL = 0xFFFF;

    /** Where its bin keeps it. */
    enum State {
        /** Allocations come from it. */
        CURRENT,
        /** On the bin's list: it has free cells. */
        PARTIAL,
        /** On no list: it has none. */
        FULL,
        /** Gone. */
        RELEASED
    }

    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);

    // Fixed.
    final Bin bin;
    final @Nullable Shard shard;
    final int number;
    final int cells;
    final int cellBytes;
    private final @Nullable Region region;
    private final MemorySegment memory;
    private final long tag;

    // The owner's.
    private final long[] states;
    private int freeHead = NIL;
    private int freshCell;
    private int live;
    State state = State.FULL;
    boolean countedEmpty;
    @Nullable Slab before;
    @Nullable Slab after;

    // Everybody's.
    private final DeferredList deferred;

    /** 1 while it is on, or on its way to, the bin's list of slabs with deferred cells. */
    final PaddedLong notified = new PaddedLong();

    /** The next on that list. */
    @Nullable Slab nextNotified;

    Slab(
            Bin bin,
            int number,
            long tag,
            int cellBytes,
            @Nullable Region region,
            MemorySegment memory,
            int generation) {
        this.bin = bin;
        this.shard = bin.shard;
        this.number = number;
        this.tag = tag;
        this.cellBytes = cellBytes;
        this.region = region;
        this.memory = memory;
        this.cells = (int) (memory.byteSize() / cellBytes);
        this.states = new long[cells];
        Arrays.fill(states, generation);
        this.deferred = new DeferredList(states);
    }

    /** A slab without cells, for a bin that has none yet. */
    static Slab none(Bin bin) {
        return new Slab(bin, 0, 0, 1, null, MemorySegment.NULL, 0);
    }

    /** The owner takes a cell: its handle, or 0 when there is none. */
    long allocate() {
        int cell = freeHead;
        if (cell == NIL) {
            return allocateFresh();
        }
        long state = states[cell];
        int generation = CellState.generation(state);
        if ((generation & Handle.NOT_ALLOCATABLE) != 0) {
            return allocateBehind(state);
        }
        freeHead = CellState.next(state);
        return handOut(cell, generation);
    }

    private long allocateFresh() {
        if (freshCell == cells) {
            return 0;
        }
        int cell = freshCell++;
        return handOut(cell, CellState.generation(states[cell]));
    }

    /** Drops a used-up cell from the list, or a list that racing frees of one handle damaged. */
    private long allocateBehind(long state) {
        boolean usedUp = CellState.generation(state) == Handle.GENERATION_END;
        freeHead = usedUp ? CellState.next(state) : NIL;
        if (!usedUp) {
            bin.damagedLists++;
        }
        return allocate();
    }

    private long handOut(int cell, int generation) {
        states[cell] = generation + 1L;
        live++;
        return Handle.of(tag, cell, generation + 1);
    }

    /** The owner frees a cell. */
    void free(long handle) {
        freeCell(liveCell(handle), handle);
    }

    /** The part behind the check, which another thread's free of the same handle may precede. */
    void freeCell(int cell, long handle) {
        states[cell] = CellState.free(Handle.generation(handle) + 1, freeHead);
        freeHead = cell;
        live--;
    }

    /**
     * Anybody frees a cell: it waits on the deferred list for the owner.
     *
     * @return whether the list was empty, so that the owner must be told
     */
    boolean defer(long handle) {
        int cell = liveCell(handle);
        int generation = Handle.generation(handle);
        long state;
        do {
            state = states[cell];
            if (CellState.generation(state) != generation) {
                throw BadHandle.stale(handle);
            }
        } while (!STATE.compareAndSet(states, cell, state, generation + 1L));
        return deferred.push(cell);
    }

    /** How many cells are deferred. */
    int deferredCells() {
        return deferred.count();
    }

    /** The owner makes all deferred cells free ones, in constant time: how many. */
    int splice() {
        long chain = deferred.detach();
        int count = DeferredList.count(chain);
        if (count > 0) {
            int tail = DeferredList.tail(chain);
            states[tail] = CellState.linked(states[tail], freeHead);
            freeHead = DeferredList.head(chain);
            live -= count;
        }
        return count;
    }

    /** The bytes of a live cell. */
    MemorySegment view(long handle) {
        return memory.asSlice((long) liveCell(handle) * cellBytes, cellBytes);
    }

    /** Throws unless the handle names a live cell. */
    int liveCell(long handle) {
        int cell = Handle.cell(handle);
        if (cell >= states.length
                || CellState.generation(states[cell]) != Handle.generation(handle)) {
            throw BadHandle.stale(handle);
        }
        return cell;
    }

    /** Whether no cell has a user or is deferred. */
    boolean isEmpty() {
        return live <= 0;
    }

    /**
     * The even generation beyond all that were used, for the next slab of this number.
     *
     * @return −1 when a cell still has a user after all: racing frees of one handle miscounted
     */
    int generationAfter() {
        int most = 0;
        int users = 0;
        for (long state : states) {
            int generation = CellState.generation(state);
            most = Math.max(most, generation);
            users += generation & 1;
        }
        if (users == 0) {
            return most;
        }
        live = users;
        bin.damagedLists++;
        return -1;
    }

    void release() {
        state = State.RELEASED;
        if (region != null) {
            region.close();
        }
    }
}
