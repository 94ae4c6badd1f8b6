package cordwood.lsm.memtable;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The slots that memtables live in: a fixed number, each taken from the budget when first needed
 * and used again and again. Thread-safe.
 */
public final class MemtablePool implements AutoCloseable {

    /*
     * Slots stay with the pool until it is closed: a fresh one costs a zeroed page at every first
     * touch, a used one nothing.
     */
    private final Chunks chunks;
    private final Account account;
    private final Account indexAccount;
    private final long slotBytes;
    private final int slotsMax;
    private final long reserveBytes;

    // guarded by this
    private final ArrayDeque<Region> idle;
    private int slotCount;
    private int coming; // asked for, and not there yet
    private boolean refused; // the slot asked for last

    /**
     * A pool without slots yet.
     *
     * @param slotBytes room for batches in a memtable
     * @param slotsMax how many memtables there can be at once
     * @param reserveBytes how much of a memtable is kept for trims
     */
    public MemtablePool(
            Chunks chunks,
            Account account,
            Account indexAccount,
            long slotBytes,
            int slotsMax,
            long reserveBytes) {
        this.chunks = chunks;
        this.account = account;
        this.indexAccount = indexAccount;
        this.slotBytes = slotBytes;
        this.slotsMax = slotsMax;
        this.reserveBytes = reserveBytes;
        this.idle = new ArrayDeque<>(slotsMax); // giving back needs no heap
    }

    /** Whether {@link #tryTake} would find a slot, as far as anybody knows. */
    public synchronized boolean hasIdle() {
        return !idle.isEmpty() || (slotCount + coming < slotsMax && !refused);
    }

    /** Whether {@link #tryTake} would succeed without taking more from the budget. */
    public synchronized boolean hasSlot() {
        return !idle.isEmpty();
    }

    /** An empty memtable, or null while all slots are in use or the budget has no room. */
    public @Nullable Memtable tryTake() {
        Region slot = takeIdle();
        if (slot == null && prepare()) {
            slot = takeIdle();
        }
        return slot == null ? null : made(slot);
    }

    private Memtable made(Region slot) {
        Memtable made = null;
        try {
            made = new Memtable(this, slot, new IndexArena(chunks, indexAccount), reserveBytes);
            return made;
        } finally {
            if (made == null) { // the heap is full
                takeBack(slot);
            }
        }
    }

    private synchronized @Nullable Region takeIdle() {
        return idle.pollLast();
    }

    /**
     * Takes a further slot from the budget while no idle one is there, so that {@link #tryTake}
     * need not wait for its memory; false when there was nothing to do.
     */
    public boolean prepare() {
        synchronized (this) {
            if (!idle.isEmpty() || slotCount + coming == slotsMax) {
                return false;
            }
            coming++;
        }
        Region slot = null;
        try {
            slot = Regions.tryTake(chunks, account, slotBytes);
        } finally {
            keep(slot);
        }
        return slot != null;
    }

    private synchronized void keep(@Nullable Region slot) {
        coming--;
        refused = slot == null;
        if (slot != null) {
            slotCount++;
            idle.add(slot);
        }
    }

    /**
     * Whether {@link #tryTake} finds a slot now; takes a further one from the budget if need be.
     */
    public boolean makeReady() {
        return hasSlot() || prepare();
    }

    synchronized void takeBack(Region slot) {
        idle.add(slot);
        refused = false;
    }

    /** Whether there is one memtable only, and no slot for another is there or on its way. */
    public synchronized boolean noneWillCome() {
        return slotCount == 1 && idle.isEmpty() && coming == 0;
    }

    /** Gives all slots back. Memtables must not be used any more. */
    @Override
    public synchronized void close() {
        idle.forEach(Region::close);
        idle.clear();
    }
}
