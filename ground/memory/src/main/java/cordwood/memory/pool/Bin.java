package cordwood.memory.pool;

import cordwood.memory.pool.DeferredList.Pushed;
import cordwood.memory.pool.Slab.State;
import cordwood.memory.stack.StackRoom;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one size class that belong to one shard or one bucket.
 *
 * <p>One thread at a time is the owner: who has claimed the shard, or holds the bucket's lock. Only
 * {@link #defer}, {@link #offer} and the figures are for everybody.
 */
final class Bin {

    /*
     * Where cells come from, in this order: the current slab; what others freed in it; a slab they
     * freed cells of, or brought; a slab with free cells. Each step takes constant time, so no
     * allocation pays for a backlog. A bin never asks for memory: who finds it empty does, holding
     * nothing, and offers it a slab.
     *
     * Invariants:
     *   1. Every slab of the bin is current, on the partial list, or full and on no list.
     *   2. emptySlabs counts the empty ones on the partial list; they are at its end, and there are
     *      at most EMPTY_SLABS_MAX of them: an owner at the edge of a slab does not keep asking for
     *      regions, and memory not in use goes back.
     *   3. A slab with deferred cells, or a new one, is on the notified list, in hand, or its first
     *      pusher is about to put it there. Its flag is lowered before its cells are taken, so no
     *      later push is missed.
     *
     * An Error can come out of every call. So what is taken off one list stays in hand until it is on
     * the next, a full slab is linked before its first cell is freed, and a free from outside that is
     * cut short leaves a mark by a plain store.
     */

    /** The size class of cells that have none. */
    static final int FALLBACK = -1;

    private static final int EMPTY_SLABS_MAX = 1;

    final int sizeClass;
    final int cellBytes;
    final @Nullable Shard shard;
    final int slabBytes;
    private final SlabTable table;

    /** Its place in {@link SlabTable#deferredByBin}. */
    private final int index;

    // The owner's.
    private Slab current = Slab.none(this);
    private @Nullable Slab firstPartial;
    private @Nullable Slab lastPartial;
    private @Nullable Slab taken;
    private @Nullable Slab inHand;
    private int emptySlabs;

    // The owner's, read by everybody.
    private long allocations;
    private long belowHighWater;
    private final Tally tally = new Tally();

    /** What changes seldom, so that the rest lies close together. */
    private static final class Tally {
        long drained;
        long highWater;
        long refills;
        int slabs;
        long cells;
        long damagedLists;
        long allocationsAtTrim;
    }

    // Everybody's.
    private final AtomicReference<@Nullable Slab> notified = new AtomicReference<>();

    /** Set when an Error cut a free from outside short, in a slab that says so too. */
    private volatile boolean cutShort;

    Bin(SlabTable table, SizeClasses classes, int sizeClass, @Nullable Shard shard) {
        this(table, sizeClass, classes.cellBytes(sizeClass), classes.slabBytes(sizeClass), shard);
    }

    private Bin(
            SlabTable table, int sizeClass, int cellBytes, int slabBytes, @Nullable Shard shard) {
        this.table = table;
        this.sizeClass = sizeClass;
        this.cellBytes = cellBytes;
        this.slabBytes = slabBytes;
        this.shard = shard;
        this.index = table.addBin();
    }

    /** A bin that only says of its slabs that they belong to the fallback. */
    static Bin ofFallback(SlabTable table) {
        return new Bin(table, FALLBACK, 1, 1, null);
    }

    /** How many cells a slab has. */
    int slabCells() {
        return slabBytes / cellBytes;
    }

    /** A cell, or 0 when the bin has none: it takes a slab. */
    long allocate() {
        long handle = current.allocate();
        if (handle == 0) {
            handle = allocateFromAnother();
            if (handle == 0) {
                return 0;
            }
        }
        allocations++;
        if (--belowHighWater < 0) {
            tally.highWater++;
            belowHighWater = 0;
        }
        return handle;
    }

    /** Frees a cell of this bin at once; answers false, and does nothing, when it is not live. */
    boolean free(Slab slab, long handle) {
        // Which slab it is in cannot be predicted; whether it changes its place, can.
        if (slab.movesWithNextFree()) {
            return freeAndSettle(slab, handle);
        }
        if (!slab.free(handle)) {
            return false;
        }
        belowHighWater++;
        return true;
    }

    /** Frees a cell of a slab that changes its place by that. */
    private boolean freeAndSettle(Slab slab, long handle) {
        if (slab.isLastCell()) {
            StackRoom.require();
        }
        if (slab.state == State.FULL && slab.isUsersCell(handle)) {
            linkFirst(slab);
        }
        if (!slab.free(handle)) {
            return false;
        }
        belowHighWater++;
        if (slab.isEmpty()) {
            settle(slab);
        }
        return true;
    }

    /** The owner takes back a cell that it allocated and could not hand out. */
    void undo(long handle) {
        free(table.find(handle), handle);
    }

    /**
     * Frees a cell of this bin from outside, a retired one or one with a user: its owner finds it
     * later. Answers false, and does nothing, when it is not.
     */
    boolean defer(Slab slab, long handle, boolean retired) {
        try {
            Pushed pushed = retired ? slab.deferRetired(handle) : slab.defer(handle);
            if (pushed == Pushed.FIRST) {
                tell(slab);
            }
            return pushed != Pushed.REFUSED;
        } catch (Throwable error) {
            slab.cutShort = true;
            cutShort = true;
            throw error;
        }
    }

    /** Brings a new slab, for the owner to find. */
    void offer(Slab slab) {
        tell(slab);
    }

    private void tell(Slab slab) {
        if (slab.notified.compareAndSet(0, 1)) {
            Slab head;
            do {
                head = notified.get();
                slab.nextNotified = head;
            } while (!notified.compareAndSet(head, slab));
        }
    }

    /** Whether there may be a cell; for everybody, and a guess. */
    boolean mayHaveCells() {
        return notified.get() != null || firstPartial != null || current.hasFreeCells();
    }

    /** Whether there is something for {@link #trim} to do; for everybody, and a guess. */
    boolean hasLeftovers() {
        Slab now = current;
        return notified.get() != null
                || taken != null
                || inHand != null
                || emptySlabs > 0
                || cutShort
                || (now.isEmpty() && now.cells() > 0);
    }

    /** Takes in what is deferred; at most so many slabs: answers whether that was all. */
    boolean drain(int slabsMax) {
        for (int i = 0; i < slabsMax; i++) {
            Slab slab = nextNotified();
            if (slab == null) {
                return true;
            }
            settle(slab);
            inHand = null;
        }
        return false;
    }

    /** Takes in everything deferred. */
    void drain() {
        drain(Integer.MAX_VALUE);
    }

    /** Takes in what is deferred and, when nothing was allocated since last time, empty slabs. */
    boolean trim(int slabsMax) {
        if (!hasLeftovers()) {
            tally.allocationsAtTrim = allocations;
            return true;
        }
        StackRoom.require();
        boolean all = drain(slabsMax);
        if (cutShort) {
            repairWhatWasCutShort();
        }
        if (allocations == tally.allocationsAtTrim) {
            releaseEmpty();
        }
        tally.allocationsAtTrim = allocations;
        return all;
    }

    /** As {@link #trim(int)}, without a bound. */
    void trim() {
        trim(Integer.MAX_VALUE);
    }

    /** Gives back every slab that holds nothing. */
    void releaseEmpty() {
        StackRoom.require();
        splice(current);
        if (current.isEmpty() && current.cells() > 0) {
            Slab old = current;
            current = Slab.none(this);
            release(old);
        }
        while (lastPartial != null && lastPartial.isEmpty()) {
            Slab old = lastPartial;
            unlink(old);
            release(old);
        }
    }

    /** Forgets every slab: the pool is closed, and the next allocation finds that out. */
    void forget() {
        current = Slab.none(this);
        firstPartial = null;
        lastPartial = null;
        taken = null;
        inHand = null;
        emptySlabs = 0;
        notified.set(null);
    }

    /** Adds what is deferred in one of its slabs. */
    void countDeferred(Slab slab, long[] deferredByBin) {
        deferredByBin[index] += slab.deferredCells();
    }

    /**
     * Its figures, with those of its cells that are deferred counted by the table just before: what
     * the owner did in between must not make them contradict each other.
     */
    BinStats stats(long[] deferredByBin) {
        long taken = tally.drained;
        long inUse = Math.max(0, tally.highWater - belowHighWater);
        long deferred = Math.min(deferredByBin[index], inUse);
        return new BinStats(
                cellBytes,
                slabBytes,
                allocations,
                Math.max(0, allocations - inUse - taken),
                taken + deferred,
                deferred,
                inUse,
                tally.highWater,
                tally.refills,
                tally.slabs,
                emptySlabs,
                Math.max(0, tally.cells - inUse),
                tally.damagedLists);
    }

    private long allocateFromAnother() {
        while (true) {
            if (splice(current) == 0 && !current.repairIfCellsAreMissing() && !replaceCurrent()) {
                return 0;
            }
            long handle = current.allocate();
            if (handle != 0) {
                return handle;
            }
        }
    }

    /** Makes a slab that has cells the current one; answers false when there is none. */
    private boolean replaceCurrent() {
        if (current.isUsedUp() && current.cells() > 0) {
            StackRoom.require();
        }
        Slab slab = nextNotified();
        if (slab == null) {
            slab = firstPartial;
        }
        if (slab == null) {
            return false;
        }
        if (slab.state == State.CURRENT) {
            inHand = null;
            return true; // Something was deferred to it just now.
        }
        if (slab.state == State.PARTIAL) {
            unlink(slab);
        }
        Slab old = current;
        current = slab;
        slab.state = State.CURRENT;
        old.state = State.FULL;
        inHand = null;
        if (old.isUsedUp() && old.cells() > 0) {
            release(old);
        }
        return true;
    }

    /** The next slab that others freed cells of, with those, or brought; null when none has. */
    private @Nullable Slab nextNotified() {
        while (true) {
            Slab slab = inHand;
            if (slab == null) {
                if (taken == null) {
                    taken = notified.get() == null ? null : notified.getAndSet(null);
                }
                slab = taken;
                if (slab == null) {
                    return null;
                }
                inHand = slab;
                taken = slab.nextNotified;
                slab.nextNotified = null;
            }
            slab.notified.setRelease(0);
            VarHandle.fullFence(); // The flag is down before the cells are looked at.
            if (slab.state == State.NEW) {
                slab.state = State.FULL;
                tally.slabs++;
                tally.cells += slab.cells();
                tally.refills++;
                return slab;
            }
            if (slab.state != State.RELEASED && (splice(slab) > 0 || slab.hasFreeCells())) {
                return slab;
            }
            inHand = null;
        }
    }

    private int splice(Slab slab) {
        int count = slab.splice();
        tally.drained += count;
        belowHighWater += count;
        return count;
    }

    /** Puts a slab that has free cells where it belongs. */
    private void settle(Slab slab) {
        if (slab.state == State.FULL) {
            linkFirst(slab);
        }
        if (slab.state == State.PARTIAL && slab.isEmpty() && !slab.countedEmpty) {
            unlink(slab);
            if (emptySlabs < EMPTY_SLABS_MAX) {
                linkLast(slab);
            } else {
                release(slab);
            }
        }
    }

    /** What frees from outside left on no list is linked anew, slab by slab. */
    private void repairWhatWasCutShort() {
        cutShort = false;
        for (Slab slab = table.firstCutShort(this);
                slab != null;
                slab = table.firstCutShort(this)) {
            slab.cutShort = false;
            slab.notified.setRelease(0);
            slab.repair();
            settle(slab);
        }
    }

    /** The owner has found that so many cells less are outstanding than a slab thought. */
    void countRepair(int cellsLess) {
        tally.damagedLists++;
        belowHighWater += cellsLess;
        tally.drained += Math.max(0, cellsLess);
    }

    private void release(Slab slab) {
        if (table.remove(slab)) {
            tally.slabs--;
            tally.cells -= slab.cells();
        } else {
            slab.state = State.FULL;
        }
    }

    // Each of the three is a row of stores, so that no Error leaves a slab half linked.

    private void linkFirst(Slab slab) {
        slab.state = State.PARTIAL;
        slab.after = firstPartial;
        if (firstPartial == null) {
            lastPartial = slab;
        } else {
            firstPartial.before = slab;
        }
        firstPartial = slab;
    }

    /** Among the empty ones. */
    private void linkLast(Slab slab) {
        slab.state = State.PARTIAL;
        slab.countedEmpty = true;
        emptySlabs++;
        slab.before = lastPartial;
        if (lastPartial == null) {
            firstPartial = slab;
        } else {
            lastPartial.after = slab;
        }
        lastPartial = slab;
    }

    private void unlink(Slab slab) {
        Slab before = slab.before;
        Slab after = slab.after;
        if (before == null) {
            firstPartial = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            lastPartial = before;
        } else {
            after.before = before;
        }
        slab.before = null;
        slab.after = null;
        slab.state = State.FULL;
        if (slab.countedEmpty) {
            slab.countedEmpty = false;
            emptySlabs--;
        }
    }
}
