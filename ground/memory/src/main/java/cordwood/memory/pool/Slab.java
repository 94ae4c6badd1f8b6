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
     * Lists are on the heap, not in the free cells: a write through a stale view damages bytes, but
     * never a list. The owner is whoever holds the bin's shard or lock.
     */

    /** Ends a list. */
    private static final int NIL = CellWord.NIL;

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

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    // Fixed.
    final Bin bin;
    final int number;
    final int cells;
    final int cellBytes;
    private final @Nullable Region region;
    private final MemorySegment memory;
    private final long tag;

    // The owner's.
    private final long[] words;
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
        this.words = new long[cells];
        Arrays.fill(words, generation);
        this.deferred = new DeferredList(words);
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
        long word = words[cell];
        if ((word & Handle.NOT_ALLOCATABLE) != 0) {
            return allocateBehind(word);
        }
        freeHead = CellWord.next(word);
        return handOut(cell, word);
    }

    private long allocateFresh() {
        if (freshCell == cells) {
            return 0;
        }
        int cell = freshCell++;
        return handOut(cell, words[cell]);
    }

    /** Drops a used-up cell from the list, or a list that racing frees of one handle damaged. */
    private long allocateBehind(long word) {
        boolean usedUp = CellWord.generation(word) == Handle.GENERATION_END;
        freeHead = usedUp ? CellWord.next(word) : NIL;
        if (!usedUp) {
            bin.damagedLists++;
        }
        return allocate();
    }

    private long handOut(int cell, long word) {
        int generation = CellWord.generation(word) + 1;
        words[cell] = generation;
        live++;
        return Handle.of(tag, cell, generation);
    }

    /** The owner frees a cell. */
    void free(long handle) {
        int cell = liveCell(handle);
        words[cell] = CellWord.of(Handle.generation(handle) + 1, freeHead);
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
        long word = Handle.generation(handle);
        if (!WORD.compareAndSet(words, cell, word, word + 1)) {
            throw BadHandle.stale(handle);
        }
        return deferred.push(cell);
    }

    /** The owner makes all deferred cells free ones, in constant time: how many. */
    int splice() {
        long chain = deferred.detach();
        int count = DeferredList.count(chain);
        if (count > 0) {
            int tail = DeferredList.tail(chain);
            words[tail] = CellWord.withNext(words[tail], freeHead);
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
        if (cell >= words.length || words[cell] != Handle.generation(handle)) {
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
        for (long word : words) {
            int generation = CellWord.generation(word);
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
