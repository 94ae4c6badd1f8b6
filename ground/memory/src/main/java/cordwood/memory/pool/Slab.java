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
     * what such a free would have written too, or, to a cell that is free, the next.
     *
     * Lists are on the heap, not in the free cells: a write through a stale view damages bytes, but
     * never a list. The owner is whoever holds the bin's shard or lock.
     */

    /** Ends a list. */
    static final char NIL = 0xFFFF;

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

    private static final VarHandle GENERATION = MethodHandles.arrayElementVarHandle(int[].class);

    // Fixed.
    final Bin bin;
    final int number;
    final int cells;
    final int cellBytes;
    private final @Nullable Region region;
    private final MemorySegment memory;
    private final long tag;

    // The owner's.
    private final int[] generations;
    private final char[] next;
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
        this.number = number;
        this.tag = tag;
        this.cellBytes = cellBytes;
        this.region = region;
        this.memory = memory;
        this.cells = (int) (memory.byteSize() / cellBytes);
        this.generations = new int[cells];
        Arrays.fill(generations, generation);
        this.next = new char[cells];
        this.deferred = new DeferredList(next);
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
        int generation = generations[cell];
        if ((generation & Handle.NOT_ALLOCATABLE) != 0) {
            return allocateBehind(cell, generation);
        }
        freeHead = next[cell];
        return handOut(cell, generation);
    }

    private long allocateFresh() {
        if (freshCell == cells) {
            return 0;
        }
        int cell = freshCell++;
        return handOut(cell, generations[cell]);
    }

    /** Drops a used-up cell from the list, or a list that racing frees of one handle damaged. */
    private long allocateBehind(int cell, int generation) {
        boolean usedUp = generation == Handle.GENERATION_END;
        freeHead = usedUp ? next[cell] : NIL;
        if (!usedUp) {
            bin.damagedLists++;
        }
        return allocate();
    }

    private long handOut(int cell, int generation) {
        generations[cell] = generation + 1;
        live++;
        return Handle.of(tag, cell, generation + 1);
    }

    /** The owner frees a cell. */
    void free(long handle) {
        freeCell(liveCell(handle), handle);
    }

    /** The part behind the check, which another thread's free of the same handle may precede. */
    void freeCell(int cell, long handle) {
        generations[cell] = Handle.generation(handle) + 1;
        next[cell] = (char) freeHead;
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
        if (!GENERATION.compareAndSet(generations, cell, generation, generation + 1)) {
            throw BadHandle.stale(handle);
        }
        return deferred.push(cell);
    }

    /** The owner makes all deferred cells free ones, in constant time: how many. */
    int splice() {
        long chain = deferred.detach();
        int count = DeferredList.count(chain);
        if (count > 0) {
            next[DeferredList.tail(chain)] = (char) freeHead;
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
        if (cell >= generations.length || generations[cell] != Handle.generation(handle)) {
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
        for (int generation : generations) {
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
