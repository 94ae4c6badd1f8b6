package cordwood.lsm.read;

import cordwood.lsm.format.Regions;
import cordwood.lsm.table.ScanRoom;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The records that a cursor has at hand, in memory of its own, so that it needs nothing of the
 * store while it is read. Confined to one thread.
 */
final class RecordBatch {

    /*
     * Values are copied, until the batches are many: then the memory is also the room of a scan, and
     * values that were read there stay where they are. A batch has values of one sort, and ends with
     * a block, so that the next one may be read into the same memory.
     *
     * Batches grow, so that a short read copies little. A narrow range is most likely read as a whole.
     */
    private static final int RECORDS_MAX = 1024;
    private static final int RECORDS_AT_FIRST = 8;
    private static final int RECORDS_OF_NARROW_RANGE_MAX = 128;
    private static final int GROWTH = 4;
    private static final int SCAN_RECORDS = 512;
    private static final int BUFFER_BYTES = Chunks.GRANULE_BYTES;
    private static final int SCAN_BYTES = 4 * Chunks.GRANULE_BYTES;
    private static final long[] NO_POSITIONS = new long[0];
    private static final int[] NO_PLACES = new int[0];

    private final Chunks chunks;
    private final Account account;
    private final long scanBytesMax;
    private final int recordsAtFirst;

    private @Nullable Region region;
    private @Nullable MemorySegment readOnly;
    private @Nullable ScanRoom room;

    private int recordsMax;
    private long[] positions = NO_POSITIONS;
    private int[] starts = NO_PLACES;
    private int[] lengths = NO_PLACES;
    private int count;
    private int copiedBytes;
    private boolean isInRoom;

    /**
     * An empty batch.
     *
     * @param account who pays for its memory
     * @param scanBytesMax up to how much of that batches take more than the least
     * @param width how far it is from the first position in the range to the last
     */
    RecordBatch(Chunks chunks, Account account, long scanBytesMax, long width) {
        this.chunks = chunks;
        this.account = account;
        this.scanBytesMax = scanBytesMax;
        boolean isNarrow = width >= 0 && width < RECORDS_OF_NARROW_RANGE_MAX; // it may overflow
        this.recordsAtFirst = isNarrow ? (int) width + 1 : RECORDS_AT_FIRST;
    }

    /** Forgets its records. */
    void clear() {
        count = 0;
        copiedBytes = 0;
    }

    /** Begins to take records, more than the last time. */
    void begin() {
        clear();
        recordsMax = Math.clamp((long) recordsMax * GROWTH, recordsAtFirst, RECORDS_MAX);
        if (positions.length < recordsMax) {
            long[] morePositions = new long[recordsMax];
            int[] moreStarts = new int[recordsMax];
            lengths = new int[recordsMax];
            starts = moreStarts;
            positions = morePositions; // once all are there
        }
        if (room == null && recordsMax >= SCAN_RECORDS) {
            beginScan();
        }
        if (room != null) {
            room.open();
        }
    }

    private void beginScan() {
        Region present = region;
        if (present == null) {
            return;
        }
        ScanRoom fresh = new ScanRoom();
        fresh.use(present.memory());
        room = fresh;
        if (present.sizeBytes() < SCAN_BYTES && account.usedBytes() + SCAN_BYTES <= scanBytesMax) {
            Region larger = Regions.tryTake(chunks, account, SCAN_BYTES);
            if (larger != null) {
                present.close();
                use(larger);
            }
        }
    }

    private void use(Region fresh) {
        region = fresh;
        MemorySegment memory = fresh.memory();
        readOnly = memory.asReadOnly();
        if (room != null) {
            room.use(memory);
        }
    }

    /** Where a scan may read blocks into; null before it is one. */
    @Nullable ScanRoom room() {
        return room;
    }

    /** Takes the record that a merge is on; false when there is no room for it. */
    boolean take(Merge merge) {
        boolean isHere = merge.isInRoom();
        if (count == recordsMax || (count > 0 && isHere != isInRoom)) {
            return false;
        }
        int bytes = merge.valueBytes();
        if (isHere) {
            starts[count] = (int) merge.valueAt();
        } else {
            if (count == 0) {
                leaveRoom(merge);
            }
            if (!hasSpace(bytes)) {
                return false;
            }
            MemorySegment.copy(merge.segment(), merge.valueAt(), memory(), copiedBytes, bytes);
            starts[count] = copiedBytes;
            copiedBytes += bytes;
        }
        isInRoom = isHere;
        lengths[count] = bytes;
        positions[count] = merge.position();
        count++;
        if (room != null) {
            room.close();
        }
        return true;
    }

    /** Whether the batch ends with the record taken last. */
    boolean endsAt(Merge merge) {
        return room != null && merge.isAtEdge();
    }

    private void leaveRoom(Merge merge) {
        if (room != null) {
            merge.leaveRoom();
            room.clear();
        }
    }

    /** Whether a value fits in what is left; for the first one space is made. */
    private boolean hasSpace(int bytes) {
        Region present = region;
        if (present != null && copiedBytes + (long) bytes <= present.sizeBytes()) {
            return true;
        }
        if (count > 0) {
            return false;
        }
        release();
        try {
            use(chunks.region(account, Math.max(bytes, BUFFER_BYTES)));
        } catch (MemoryRefused e) {
            throw new StoreException.Busy("no memory to read into: " + e.getMessage());
        } catch (IllegalStateException _) {
            throw new StoreException.Closed("the store is closed");
        }
        return true;
    }

    private MemorySegment memory() {
        Region present = region;
        if (present == null) {
            throw new IllegalStateException("the batch has no memory");
        }
        return present.memory();
    }

    /** How many records there are. */
    int count() {
        return count;
    }

    /** Position of a record. */
    long position(int index) {
        return positions[index];
    }

    /** A record's value, read-only, until the batch is begun again. */
    MemorySegment value(int index) {
        MemorySegment values = readOnly;
        if (values == null) {
            throw new IllegalStateException("the batch has no memory");
        }
        return values.asSlice(starts[index], lengths[index]);
    }

    /** Gives the memory back. */
    void release() {
        Region present = region;
        region = null;
        readOnly = null;
        if (room != null) {
            room.end(); // a merge goes on with it until the batch is full
            room = null;
        }
        if (present != null) {
            present.close();
        }
    }
}
