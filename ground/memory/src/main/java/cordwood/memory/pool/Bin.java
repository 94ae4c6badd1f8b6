package cordwood.memory.pool;

import cordwood.memory.pool.Slab.State;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one size class that belong to one shard or one bucket.
 *
 * <p>One thread at a time is the owner: who has claimed the shard, or holds the bucket's lock. Only
 * {@link #defer} and the figures are for everybody.
 */
final class Bin {

    /*
     * Where cells come from, in this order: the current slab; what others freed in it; a slab they
     * freed cells of; a slab with free cells; a new slab. Each step takes constant time, so no
     * allocation pays for a backlog.
     *
     * Invariants:
     *   1. Every slab of the bin is current, on the partial list, or full and on no list.
     *   2. emptySlabs counts the empty ones on the partial list; they are at its end, and there are
     *      at most EMPTY_SLABS_MAX of them: an owner at the edge of a slab does not keep asking for
     *      regions, and memory not in use goes back.
     *   3. A slab with deferred cells is on the notified list or its first pusher is about to put it
     *      there. Its flag is lowered before its cells are taken, so no later push is missed.
     */

    /** The size class of cells that have none. */
    static final int FALLBACK = -1;

    private static final int EMPTY_SLABS_MAX = 1;

    final int sizeClass;
    final int cellBytes;
    final @Nullable Shard shard;
    private final int slabBytes;
    private final SlabTable table;

    /** Its place in {@link SlabTable#deferredByBin}. */
    private final int index;

    // The owner's.
    private Slab current = Slab.none(this);
    private @Nullable Slab firstPartial;
    private @Nullable Slab lastPartial;
    private @Nullable Slab taken;
    private int emptySlabs;
    private long allocationsAtTrim;

    // The owner's, read by everybody.
    private long allocations;
    private long drained;
    private long highWater;
    private long belowHighWater;
    private long refills;
    private int slabs;
    long damagedLists;

    // Everybody's.
    private final AtomicReference<@Nullable Slab> notified = new AtomicReference<>();

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

    /**
     * A cell.
     *
     * @throws cordwood.memory.MemoryRefused when it takes a slab that is refused
     */
    long allocate() {
        long handle = current.allocate();
        if (handle == 0) {
            handle = allocateFromAnother();
        }
        allocations++;
        if (--belowHighWater < 0) {
            highWater++;
            belowHighWater = 0;
        }
        return handle;
    }

    /** Frees a cell of this bin at once. */
    void free(Slab slab, long handle) {
        slab.free(handle);
        belowHighWater++;
        if (slab.state != State.CURRENT && (slab.state == State.FULL || slab.isEmpty())) {
            settle(slab);
        }
    }

    /** Frees a cell of this bin from outside: its owner finds it later. */
    void defer(Slab slab, long handle) {
        boolean first = slab.defer(handle);
        if (first && slab.notified.compareAndSet(0, 1)) {
            Slab head;
            do {
                head = notified.get();
                slab.nextNotified = head;
            } while (!notified.compareAndSet(head, slab));
        }
    }

    /** Takes in everything deferred. */
    void drain() {
        Slab slab = nextNotified();
        while (slab != null) {
            settle(slab);
            slab = nextNotified();
        }
    }

    /** Takes in what is deferred and, when nothing was allocated since last time, empty slabs. */
    void trim() {
        drain();
        if (allocations == allocationsAtTrim) {
            releaseEmpty();
        }
        allocationsAtTrim = allocations;
    }

    /** Gives back every slab that holds nothing. */
    void releaseEmpty() {
        splice(current);
        if (current.isEmpty() && current.cells > 0) {
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
    void abandon() {
        current = Slab.none(this);
        firstPartial = null;
        lastPartial = null;
        taken = null;
        notified.set(null);
    }

    /** Adds what is deferred in one of its slabs. */
    void countDeferred(Slab slab, long[] deferredByBin) {
        deferredByBin[index] += slab.deferredCells();
    }

    /** Its figures, with those of its cells that are deferred now counted by the table. */
    BinStats stats(long[] deferredByBin) {
        long deferred = deferredByBin[index];
        long inUse = highWater - belowHighWater;
        return new BinStats(
                cellBytes,
                slabBytes,
                allocations,
                allocations - inUse - drained,
                drained + deferred,
                deferred,
                inUse,
                highWater,
                refills,
                slabs,
                emptySlabs,
                (long) slabs * (slabBytes / cellBytes) - inUse,
                damagedLists);
    }

    private long allocateFromAnother() {
        while (true) {
            if (splice(current) == 0) {
                replaceCurrent();
            }
            long handle = current.allocate();
            if (handle != 0) {
                return handle;
            }
        }
    }

    private void replaceCurrent() {
        Slab slab = nextNotified();
        if (slab == null) {
            slab = firstPartial;
        }
        if (slab == null) {
            slab = table.add(this, slabBytes);
            slabs++;
            refills++;
        }
        if (slab.state == State.CURRENT) {
            return; // Something was deferred to it just now.
        }
        if (slab.state == State.PARTIAL) {
            unlink(slab);
        }
        Slab old = current;
        current = slab;
        slab.state = State.CURRENT;
        old.state = State.FULL;
        if (old.isEmpty() && old.cells > 0) {
            release(old); // All its cells are used up.
        }
    }

    /** Takes in what is deferred to the next slab that has some; null when none has. */
    private @Nullable Slab nextNotified() {
        while (true) {
            if (taken == null) {
                taken = notified.get() == null ? null : notified.getAndSet(null);
            }
            Slab slab = taken;
            if (slab == null) {
                return null;
            }
            taken = slab.nextNotified;
            slab.nextNotified = null;
            slab.notified.setRelease(0);
            VarHandle.fullFence(); // The flag is down before the cells are looked at.
            if (splice(slab) > 0) {
                return slab;
            }
        }
    }

    private int splice(Slab slab) {
        int count = slab.splice();
        drained += count;
        belowHighWater += count;
        return count;
    }

    /** Puts a slab that has just got free cells where it belongs. */
    private void settle(Slab slab) {
        if (slab.state == State.FULL) {
            slab.state = State.PARTIAL;
            linkFirst(slab);
        }
        if (slab.state == State.PARTIAL && slab.isEmpty() && !slab.countedEmpty) {
            unlink(slab);
            if (emptySlabs < EMPTY_SLABS_MAX) {
                linkLast(slab);
                slab.countedEmpty = true;
                emptySlabs++;
            } else {
                release(slab);
            }
        }
    }

    private void release(Slab slab) {
        if (table.remove(slab)) {
            slabs--;
        } else {
            slab.state = State.FULL;
        }
    }

    private void linkFirst(Slab slab) {
        slab.after = firstPartial;
        if (firstPartial == null) {
            lastPartial = slab;
        } else {
            firstPartial.before = slab;
        }
        firstPartial = slab;
    }

    private void linkLast(Slab slab) {
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
        if (slab.countedEmpty) {
            slab.countedEmpty = false;
            emptySlabs--;
        }
    }
}
