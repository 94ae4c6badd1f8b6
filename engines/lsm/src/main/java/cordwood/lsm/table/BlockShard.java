package cordwood.lsm.table;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A part of the cache with a lock of its own: slots, found by hashing, given up in the order of a
 * clock whose hand spares once what was wanted since it last came by. What was read and not wanted
 * again is the first to go, so that a scan does not drive out what others use. Thread-safe.
 */
final class BlockShard implements BlockLease.Holder {

    private static final int SLAB_BYTES = 1 << 18;
    private static final int NONE = -1;
    private static final long NO_TABLE = 0;

    private final Chunks chunks;
    private final Account account;
    private final int slotBytes;
    private final int slabSlots;
    private final int slotCount;

    // guarded by this; a slab is set once, before any slot of it is given out
    private final Region[] slabs;
    private final MemorySegment[] memory;
    private final long[] tables;
    private final long[] offsets;
    private final int[] pins;
    private final boolean[] wanted;
    private final int[] next;
    private final int[] buckets;
    private int slotsOpen;
    private boolean isRefused; // memory, since the hand last came round
    private int hand;
    private long hits;
    private long misses;

    BlockShard(Chunks chunks, Account account, int slotBytes, int slotCount) {
        this.chunks = chunks;
        this.account = account;
        this.slotBytes = slotBytes;
        this.slabSlots = Math.max(1, SLAB_BYTES / slotBytes);
        this.slotCount = slotCount;
        this.slabs = new Region[Math.ceilDiv(slotCount, slabSlots)];
        this.memory = new MemorySegment[slabs.length];
        this.tables = new long[slotCount];
        this.offsets = new long[slotCount];
        this.pins = new int[slotCount];
        this.wanted = new boolean[slotCount];
        this.next = new int[slotCount];
        this.buckets = new int[Integer.highestOneBit(Math.max(1, slotCount)) * 2];
        Arrays.fill(buckets, NONE);
    }

    static int hash(long table, long offset) {
        long mixed = (table * 0x9E37_79B9_7F4A_7C15L + offset) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (mixed >>> 33);
    }

    private int bucket(long table, long offset) {
        return hash(table, offset) >>> 3 & (buckets.length - 1);
    }

    /**
     * Pins a block that is here, or answers -1.
     *
     * @param isWanted whether that is a reason to keep it
     */
    synchronized int pinPresent(long table, long offset, boolean isWanted) {
        int slot = find(table, offset);
        if (slot == NONE) {
            misses++;
        } else {
            hits++;
            pins[slot]++;
            wanted[slot] |= isWanted;
        }
        return slot;
    }

    /** Whether a block is here; if not it counts as missed. */
    synchronized boolean contains(long table, long offset) {
        boolean isHere = find(table, offset) != NONE;
        misses += isHere ? 0 : 1;
        return isHere;
    }

    /** Whether no slot is left that held no block yet. */
    synchronized boolean isFull() {
        return slotsOpen == slotCount || isRefused;
    }

    private int find(long table, long offset) {
        int slot = buckets[bucket(table, offset)];
        while (slot != NONE && (tables[slot] != table || offsets[slot] != offset)) {
            slot = next[slot];
        }
        return slot;
    }

    /** A slot for the caller alone, to read a block into, or -1 when all are pinned. */
    synchronized int reserve() {
        if (slotsOpen < slotCount && !isRefused && openSlot()) {
            int slot = slotsOpen++;
            pins[slot] = 1;
            return slot;
        }
        isRefused &= slotsOpen > 0;
        for (int i = 0; i < 2 * slotsOpen; i++) {
            int slot = hand;
            hand = (hand + 1) % slotsOpen;
            isRefused &= hand > 0; // asked again once it has come round
            if (pins[slot] == 0 && !wanted[slot]) {
                forget(slot);
                pins[slot] = 1;
                return slot;
            }
            wanted[slot] = false;
        }
        return NONE;
    }

    private boolean openSlot() {
        int slab = slotsOpen / slabSlots;
        if (slabs[slab] == null) {
            int slots = Math.min(slabSlots, slotCount - slab * slabSlots);
            Region region = Regions.tryTake(chunks, account, (long) slots * slotBytes);
            if (region == null) {
                isRefused = true;
                return false;
            }
            slabs[slab] = region;
            memory[slab] = region.memory();
        }
        return true;
    }

    private void forget(int slot) {
        if (tables[slot] == NO_TABLE) {
            return;
        }
        int bucket = bucket(tables[slot], offsets[slot]);
        tables[slot] = NO_TABLE;
        if (buckets[bucket] == slot) {
            buckets[bucket] = next[slot];
            return;
        }
        int before = buckets[bucket];
        while (next[before] != slot) {
            before = next[before];
        }
        next[before] = next[slot];
    }

    /**
     * Lets others find the block that was read into a reserved slot.
     *
     * @return the slot that is pinned now: another one when somebody was faster
     */
    synchronized int publish(int slot, long table, long offset) {
        int present = find(table, offset);
        if (present != NONE) {
            pins[slot] = 0;
            pins[present]++;
            return present;
        }
        tables[slot] = table;
        offsets[slot] = offset;
        int bucket = bucket(table, offset);
        next[slot] = buckets[bucket];
        buckets[bucket] = slot;
        return slot;
    }

    @Override
    public void release(long slot) {
        synchronized (this) {
            pins[(int) slot]--;
        }
    }

    /** The slab that a slot is in. */
    MemorySegment memory(int slot) {
        return memory[slot / slabSlots];
    }

    /** Where in its slab a slot starts. */
    long offset(int slot) {
        return (long) (slot % slabSlots) * slotBytes;
    }

    MemorySegment slice(int slot) {
        return memory(slot).asSlice(offset(slot), slotBytes);
    }

    synchronized long hits() {
        return hits;
    }

    synchronized long misses() {
        return misses;
    }

    synchronized void close() {
        for (Region slab : slabs) {
            if (slab != null) {
                slab.close();
            }
        }
        Arrays.fill(slabs, null);
    }
}
