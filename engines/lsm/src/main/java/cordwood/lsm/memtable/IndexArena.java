package cordwood.lsm.memtable;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import cordwood.store.HeapPause;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Where a memtable's index nodes lie: memory that is only added to and ends all at once. A node is
 * named by a <em>reference</em>, never 0: its place in units of 8 bytes.
 *
 * <p>One thread allocates and writes. Others may read what they reached through a reference that
 * was published with release and read with acquire, until {@link #close()}.
 */
final class IndexArena implements AutoCloseable {

    /*
     * A node lies within one region, so the last bytes of a region may stay unused. The region table
     * only grows and its slots never change, so a reader needs no more ordering than what it got the
     * reference with.
     *
     * Nodes are added for records that are in the write-ahead log already, when it is too late to
     * refuse them. So where there is no memory, the region is taken from the heap: the cap holds,
     * and the owner seals the memtable before the next group.
     */
    private static final int REGION_BYTES = Chunks.GRANULE_BYTES;
    private static final int UNIT_BITS = 3;
    private static final int REGION_UNIT_BITS =
            Integer.numberOfTrailingZeros(REGION_BYTES) - UNIT_BITS;
    private static final int REGION_UNIT_MASK = (1 << REGION_UNIT_BITS) - 1;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle INT_HANDLE = INT.varHandle();

    private final Chunks chunks;
    private final Account account;

    // written by the allocating thread
    private final ArrayList<Region> owned = new ArrayList<>();
    private MemorySegment[] regions = new MemorySegment[4];
    private int openIndex = -1;
    private int openUsedBytes = REGION_BYTES;
    private long heapBytes;
    private long usedBytes;

    IndexArena(Chunks chunks, Account account) {
        this.chunks = chunks;
        this.account = account;
    }

    /** Zeroed room for a node. */
    int allocate(int bytes) {
        int rounded = (bytes + 7) & ~7;
        if (openUsedBytes + rounded > REGION_BYTES) {
            while (!isAdded()) {
                HeapPause.take(); // what is to be indexed is in the log already
            }
            // reference 0 means none
            openUsedBytes = openIndex == 0 ? 8 : 0;
        }
        int reference = openIndex << REGION_UNIT_BITS | openUsedBytes >>> UNIT_BITS;
        MemorySegment region = regions[openIndex];
        for (int at = openUsedBytes; at < openUsedBytes + rounded; at += 8) {
            region.set(LONG, at, 0);
        }
        openUsedBytes += rounded;
        usedBytes += rounded;
        return reference;
    }

    private boolean isAdded() {
        try {
            add();
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** All or nothing, where the Java heap is full. */
    private void add() {
        int index = openIndex + 1;
        if (index == regions.length) {
            regions = Arrays.copyOf(regions, index * 2);
        }
        owned.ensureCapacity(owned.size() + 1);
        Region region = Regions.tryTake(chunks, account, REGION_BYTES);
        if (region == null) {
            regions[index] = MemorySegment.ofArray(new long[REGION_BYTES / Long.BYTES]);
            heapBytes += REGION_BYTES;
        } else {
            owned.add(region);
            regions[index] = region.memory();
        }
        openIndex = index;
    }

    /** Bytes taken from the heap for want of budget. */
    long heapBytes() {
        return heapBytes;
    }

    long usedBytes() {
        return usedBytes;
    }

    long longPlain(int reference, int at) {
        return region(reference).get(LONG, offset(reference) + at);
    }

    int intPlain(int reference, int at) {
        return region(reference).get(INT, offset(reference) + at);
    }

    int intAcquire(int reference, int at) {
        return (int) INT_HANDLE.getAcquire(region(reference), offset(reference) + at);
    }

    void putLongPlain(int reference, int at, long value) {
        region(reference).set(LONG, offset(reference) + at, value);
    }

    void putIntPlain(int reference, int at, int value) {
        region(reference).set(INT, offset(reference) + at, value);
    }

    void putIntRelease(int reference, int at, int value) {
        INT_HANDLE.setRelease(region(reference), offset(reference) + at, value);
    }

    private MemorySegment region(int reference) {
        return regions[reference >>> REGION_UNIT_BITS];
    }

    private static long offset(int reference) {
        return (long) (reference & REGION_UNIT_MASK) << UNIT_BITS;
    }

    @Override
    public void close() {
        owned.forEach(Region::close);
        owned.clear();
    }
}
