package cordwood.memory.pool;

import cordwood.memory.Region;
import cordwood.memory.pool.DeferredList.Pushed;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Memory divided into cells of one size, owned by one {@link Bin}. */
final class Slab {

    /*
     * Invariants:
     *   1. A cell is in exactly one place: the free list, the deferred list, the fresh cells at the
     *      end, with its user, retired, or used up. Only then is its state live.
     *   2. liveCells counts cells with a user, retired, or on the deferred list: at 0 nothing is
     *      outstanding.
     *   3. A cell is handed out only when its state says that it is free, and a slab is released only
     *      when no state is live.
     *
     * Two frees of one handle that race past the owner's check, or a free and a retirement, break 1:
     * the cell is on two lists, and what stood behind it on one of them on none. By 3 it still never
     * has two users. The damage is seen when a cell on a list is not free, or not marked as being on
     * it, or when a slab runs out of cells without having handed them all out, and repaired by linking
     * anew every cell that belongs on the list.
     *
     * A free from outside, or a retirement, moves a state by compare-and-set; the owner writes only the
     * state that such a free would have written too, or, to a cell that is free, the next.
     *
     * Lists are on the heap, not in the free cells: a write through a stale view damages bytes, but
     * never a list. The owner is whoever holds the bin's shard or lock. Every change that must not be
     * cut short by an Error consists of stores with no call between them.
     */

    /** Where its bin keeps it. */
    enum State {
        /** Its bin has not seen it yet. */
        NEW(State.ALWAYS),
        /** Allocations come from it. */
        CURRENT(State.NEVER),
        /** On the bin's list: it has free cells. */
        PARTIAL(State.AT_THE_LAST),
        /** On no list: it has none. */
        FULL(State.ALWAYS),
        /** Gone. */
        RELEASED(State.ALWAYS);

        private static final int NEVER = Integer.MIN_VALUE;
        private static final int AT_THE_LAST = 1;
        private static final int ALWAYS = Integer.MAX_VALUE;

        /** With so many cells outstanding, or fewer, the next free moves the slab elsewhere. */
        private final int movesAt;

        State(int movesAt) {
            this.movesAt = movesAt;
        }
    }

    /**
     * What is seldom asked for, so that the rest lies close together.
     *
     * @param cellBytes the bytes of a cell before it was shrunk
     */
    private record Form(int number, int cellBytes, int alignmentBytes) {}

    // Fixed.
    final Bin bin;
    final @Nullable Shard shard;
    private final long[] states;

    /** With the base, so that a cell and its delta make a handle. */
    private final long tag;

    /** The generation before the first, so that a cell's delta is how far it is from there. */
    private final int base;

    // Set when it is furnished, before any handle of it is known; changed by shrink alone.
    private MemorySegment memory = MemorySegment.NULL;
    int cellBytes;

    // The owner's.
    State state = State.NEW;
    private int freeHead = CellState.NIL;
    private int live;
    private int freshCell;
    private int usedUp;
    boolean countedEmpty;

    private final Form form;
    private @Nullable Region region;

    /** Whether the table counts its bytes. Guarded by the table. */
    boolean counted;

    @Nullable Slab before;
    @Nullable Slab after;

    // Guarded by the lock of RetiredCells, by generation of retirement.
    private final int[] retiredHeads = {CellState.NIL, CellState.NIL};
    final @Nullable Slab[] nextRetired = new @Nullable Slab[2];

    // Everybody's.
    private final DeferredList deferred;

    /** 1 while it is on, or on its way to, the bin's list of slabs that have something for it. */
    final PaddedLong notified = new PaddedLong();

    /** The next on that list. */
    @Nullable Slab nextNotified;

    /** Set when an Error cut a free from outside short: the owner links its free cells anew. */
    volatile boolean cutShort;

    /** Without memory. Its cells' generations begin behind {@code base}, which is even. */
    Slab(Bin bin, int number, long tag, int base, int cells, int cellBytes, int alignmentBytes) {
        this.bin = bin;
        this.shard = bin.shard;
        this.form = new Form(number, cellBytes, alignmentBytes);
        this.tag = tag | base;
        this.base = base;
        this.states = new long[cells];
        this.cellBytes = cellBytes;
        this.deferred = new DeferredList(states);
    }

    /** A slab without cells, for a bin that has none yet. */
    static Slab none(Bin bin) {
        Slab none = new Slab(bin, 0, 0, 0, 0, 1, 1);
        none.state = State.FULL;
        return none;
    }

    /** From now on the region is closed with it. */
    void own(Region own) {
        region = own;
    }

    /** Puts its cells into memory of its region. */
    void furnish(MemorySegment cellMemory) {
        memory = cellMemory;
    }

    int number() {
        return form.number;
    }

    /** How many cells it has. */
    int cells() {
        return states.length;
    }

    /** The bytes of a cell before it was shrunk. */
    int bytesAtFirst() {
        return form.cellBytes;
    }

    /** What its cells are sure to start on. */
    int alignmentBytes() {
        return form.alignmentBytes;
    }

    /** The bytes it is charged with. */
    long chargedBytes() {
        Region own = region;
        return own == null ? 0 : own.chargedBytes();
    }

    /** What the state of a handle's cell is while the handle's holder has it. */
    private int delta(long handle) {
        return Handle.generation(handle) - base;
    }

    /** The owner takes a cell: its handle, or 0 when there is none. */
    long allocate() {
        int cell = freeHead;
        if (cell == CellState.NIL) {
            return allocateFresh();
        }
        long from = states[cell];
        if ((from & CellState.NOT_ALLOCATABLE) != 0) {
            return allocateBehind(from);
        }
        long delta = (from & CellState.LIFE_MASK) + 1;
        freeHead = (int) (from >>> CellState.NEXT_SHIFT);
        states[cell] = delta;
        live++;
        return tag + ((long) cell << Handle.CELL_SHIFT) + delta;
    }

    private long allocateFresh() {
        int cell = freshCell;
        if (cell == states.length) {
            return 0;
        }
        freshCell = cell + 1;
        states[cell] = 1;
        live++;
        return tag + ((long) cell << Handle.CELL_SHIFT) + 1;
    }

    /** Drops used-up cells from the free list; anything else there means that it is damaged. */
    private long allocateBehind(long first) {
        long from = first;
        while (CellState.isUsedUp(from)) {
            freeHead = (int) (from >>> CellState.NEXT_SHIFT);
            usedUp++;
            if (freeHead == CellState.NIL) {
                return allocateFresh();
            }
            from = states[freeHead];
        }
        if ((from & CellState.NOT_ALLOCATABLE) != 0) {
            repair();
        }
        return allocate();
    }

    /**
     * The owner, who finds no free cell, looks whether there ought to be some: whether lists were
     * damaged.
     */
    boolean repairIfCellsAreMissing() {
        if (freeHead != CellState.NIL
                || freshCell < states.length
                || live + usedUp == states.length) {
            return false;
        }
        repair();
        return freeHead != CellState.NIL;
    }

    /** Links every free cell anew, whatever list it was on or ought to have been on. */
    void repair() {
        StackRoom.require();
        deferred.detach();
        int head = CellState.NIL;
        int users = 0;
        int gone = 0;
        for (int cell = 0; cell < freshCell; cell++) {
            long now = states[cell];
            if (CellState.isLive(now)) {
                users++;
            } else if (CellState.isUsedUp(now)) {
                gone++;
            } else {
                states[cell] = CellState.linked(now, head);
                head = cell;
            }
        }
        bin.countRepair(live - users);
        freeHead = head;
        live = users;
        usedUp = gone;
    }

    /** The owner frees a cell; answers false, and does nothing, when the handle is of none. */
    boolean free(long handle) {
        boolean isUsers = isUsersCell(handle);
        if (isUsers) {
            freeCell(Handle.cell(handle), handle);
        }
        return isUsers;
    }

    /** The part behind the check, which another thread's free of the same handle may precede. */
    void freeCell(int cell, long handle) {
        long from = delta(handle);
        states[cell] = (long) freeHead << CellState.NEXT_SHIFT | (from + 1); // odd: no carry
        freeHead = cell;
        live--;
    }

    /** Anybody frees a cell: it waits on the deferred list for the owner. */
    Pushed defer(long handle) {
        int cell = Handle.cell(handle);
        if (cell >= states.length) {
            return Pushed.REFUSED;
        }
        long from = delta(handle);
        return deferred.push(cell, from);
    }

    /** As {@link #defer}, a cell whose retirement is over. */
    Pushed deferRetired(long handle) {
        int cell = Handle.cell(handle);
        long now = states[cell];
        return isRetiredLife(now, handle) ? deferred.push(cell, now) : Pushed.REFUSED;
    }

    /** How many cells are deferred. */
    int deferredCells() {
        return deferred.count();
    }

    /** The owner makes all deferred cells free ones, in constant time: how many. */
    int splice() {
        long[] all = states;
        long chain = deferred.detach();
        int count = (int) (chain >>> DeferredList.COUNT_SHIFT);
        if (count > 0) {
            int tail = (int) (chain >>> DeferredList.TAIL_SHIFT) & DeferredList.CELL_MASK;
            long last = all[tail];
            if ((last & CellState.NOT_FREE) != 0) {
                repair();
                return 0;
            }
            all[tail] = (long) freeHead << CellState.NEXT_SHIFT | (last & CellState.LIFE_MASK);
            freeHead = (int) chain & DeferredList.CELL_MASK;
            live -= count;
        }
        return count;
    }

    /**
     * Marks a cell as retired and puts it on the list of a generation of retirement.
     *
     * @return whether the list was empty
     */
    boolean retire(int generation, long handle) {
        int cell = liveCell(handle);
        long from = delta(handle);
        int head = retiredHeads[generation];
        long to = CellState.retired(from, generation, head);
        boolean wasEmpty = head == CellState.NIL;
        if (!CellState.STATE.compareAndSet(states, cell, from, to)) {
            throw stale(handle);
        }
        retiredHeads[generation] = cell;
        return wasEmpty;
    }

    /** Puts a retired cell that is on no list on one again; answers whether that was empty. */
    boolean retireAgain(int generation, long handle) {
        int cell = Handle.cell(handle);
        long from = states[cell];
        int head = retiredHeads[generation];
        long to = CellState.retired(from, generation, head);
        boolean wasEmpty = head == CellState.NIL;
        if (!isRetiredLife(from, handle)
                || !CellState.STATE.compareAndSet(states, cell, from, to)) {
            throw stale(handle);
        }
        retiredHeads[generation] = cell;
        return wasEmpty;
    }

    /** Whether cells are on the list of a generation of retirement. */
    boolean hasRetired(int generation) {
        return retiredHeads[generation] != CellState.NIL;
    }

    /** Takes a cell off that list: its handle, or 0 when none is on it. */
    long unretire(int generation) {
        int cell = retiredHeads[generation];
        while (cell != CellState.NIL) {
            long now = states[cell];
            int next = CellState.next(now);
            long to = CellState.unlisted(now);
            long handle = tag + ((long) cell << Handle.CELL_SHIFT) + CellState.deltaOfLife(now);
            if (CellState.isListed(now, generation)
                    && CellState.STATE.compareAndSet(states, cell, now, to)) {
                retiredHeads[generation] = next;
                return handle;
            }
            repairRetired(generation);
            cell = retiredHeads[generation];
        }
        return 0;
    }

    /** Links every cell anew that is marked as being on the list of a generation. */
    private void repairRetired(int generation) {
        int head = CellState.NIL;
        for (int cell = 0; cell < states.length; cell++) {
            long now = states[cell];
            long to = CellState.linked(now, head);
            if (CellState.isListed(now, generation)
                    && CellState.STATE.compareAndSet(states, cell, now, to)) {
                head = cell;
            }
        }
        retiredHeads[generation] = head;
    }

    /** The bytes of a live cell. */
    MemorySegment view(long handle) {
        return memory.asSlice((long) liveCell(handle) * cellBytes, cellBytes);
    }

    /** Throws unless the handle names a live cell. */
    int liveCell(long handle) {
        int cell = Handle.cell(handle);
        if (cell >= states.length) {
            throw stale(handle);
        }
        long expected = delta(handle);
        long now = states[cell];
        if (now != expected && !isRetiredLife(now, handle)) {
            throw stale(handle);
        }
        return cell;
    }

    private boolean isRetiredLife(long now, long handle) {
        return CellState.isRetired(now)
                && base + CellState.deltaOfLife(now) == Handle.generation(handle);
    }

    /** Stale, and why. */
    BadHandle stale(long handle) {
        int cell = Handle.cell(handle);
        return cell < states.length && isRetiredLife(states[cell], handle)
                ? BadHandle.retired(handle)
                : BadHandle.stale(handle);
    }

    /** Whether no cell has a user or is deferred. */
    boolean isEmpty() {
        return live <= 0;
    }

    /** Cells with a user, retired or deferred. */
    int outstanding() {
        return live;
    }

    /** Whether the owner finds a cell to hand out. */
    boolean hasFreeCells() {
        return freeHead != CellState.NIL || freshCell < states.length;
    }

    /** Whether the handle is one that its user may free. */
    boolean isUsersCell(long handle) {
        int cell = Handle.cell(handle);
        return cell < states.length && states[cell] == delta(handle);
    }

    /** Whether the next free of a cell leaves it empty. */
    boolean isLastCell() {
        return live <= 1;
    }

    /** Whether the next free of a cell may move it to another place in its bin. */
    boolean movesWithNextFree() {
        return live <= state.movesAt;
    }

    boolean isUsedUp() {
        return usedUp == states.length;
    }

    /**
     * The even generation beyond all that were used, for the next slab of this number.
     *
     * @return −1 when a cell still has a user after all: racing frees of one handle miscounted
     */
    int generationAfter() {
        int users = 0;
        for (int cell = 0; cell < freshCell; cell++) {
            users += CellState.isLive(states[cell]) ? 1 : 0;
        }
        if (users != live) {
            bin.countRepair(live - users);
            live = users;
        }
        return users == 0 ? generationReached() : -1;
    }

    /** The even generation beyond all that were used, whether cells have users or not. */
    int generationReached() {
        int most = 0;
        for (int cell = 0; cell < freshCell; cell++) {
            most = Math.max(most, CellState.deltaAfter(states[cell]));
        }
        return base + most;
    }

    /** Gives back what is behind {@code bytes}; it is one cell, whose user asked for that. */
    void shrink(int bytes) {
        Region own = region;
        if (own != null) {
            MemorySegment kept = memory.asSlice(0, bytes);
            own.shrink(bytes + (own.sizeBytes() - memory.byteSize()));
            cellBytes = bytes; // First: a view takes the memory first, and fits it either way.
            VarHandle.releaseFence();
            memory = kept;
        }
    }

    void release() {
        state = State.RELEASED;
        Region own = region;
        if (own != null) {
            own.close();
        }
    }
}
