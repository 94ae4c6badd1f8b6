package cordwood.lsm.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory of a reader's own for the blocks that a walk goes through one after the other: those that
 * are in the cache, or that it has room for, are copied, the others are read here past it, several
 * with one read and in either direction. Confined to one thread.
 */
public final class ScanRoom {

    /*
     * The row of blocks lies at the start as it lies in the file. One that is compressed is expanded
     * at the end, where there is room for the largest of the row.
     */
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);
    private static final int BYTES_MAX = 256 << 10;
    private static final int BLOCKS_AT_FIRST = 2;

    private MemorySegment memory = NOTHING;
    private boolean isOpen;

    // the row
    private @Nullable Table table;
    private long from; // in the file
    private long to;
    private int blocksMax = BLOCKS_AT_FIRST;

    /** Without memory yet. */
    public ScanRoom() {}

    /** Has blocks read there from now on, for as long as the owner lets it; forgets the row. */
    public void use(MemorySegment owned) {
        memory = owned.asSlice(0, Math.min(owned.byteSize(), BYTES_MAX));
        clear();
    }

    /** Has no memory any more, for whoever still knows this room: it is given back. */
    public void end() {
        use(NOTHING);
    }

    /** Forgets the row: its memory is used for something else. */
    public void clear() {
        table = null;
        blocksMax = BLOCKS_AT_FIRST;
    }

    /** Lets blocks be read, until {@link #close}. */
    public void open() {
        isOpen = true;
    }

    /** Keeps what lies here as it is, until {@link #open}. */
    public void close() {
        isOpen = false;
    }

    /**
     * Has the block of a directory's entry here, and others behind it in the direction of the walk.
     * The lease is good until the next call.
     *
     * @return false when it must be read elsewhere
     */
    boolean tryRead(Table of, BlockLease page, int entry, boolean rising, BlockLease lease) {
        MemorySegment in = page.segment();
        long entryAt = page.entryAt(entry);
        long offset = DirectoryEntry.offset(in, entryAt);
        int storedBytes = DirectoryEntry.storedBytes(in, entryAt);
        int rawBytes = DirectoryEntry.rawBytes(in, entryAt);
        if (!isOpen || !of.isPlausible(offset, storedBytes, rawBytes)) {
            return false;
        }
        if (!isHere(of, offset)) {
            if (!of.isReadPastCache(offset)) {
                return isCopied(of, offset, storedBytes, rawBytes, lease);
            }
            if (!isRowRead(of, page, entry, rising)) {
                return false;
            }
        }
        int bytes = TableDescriptor.BLOCK_BYTES + storedBytes;
        long at = offset - from;
        if (storedBytes < rawBytes) {
            long expandedAt = memory.byteSize() - TableDescriptor.BLOCK_BYTES - rawBytes;
            MemorySegment.copy(memory, at, memory, expandedAt, bytes);
            at = expandedAt;
        }
        MemorySegment target = memory.asSlice(at, TableDescriptor.BLOCK_BYTES + (long) rawBytes);
        of.unpack(TableDescriptor.KIND_DATA, offset, storedBytes, rawBytes, target);
        lease.hold(BlockLease.NOBODY, 0, memory, at + TableDescriptor.BLOCK_BYTES, rawBytes);
        return true;
    }

    private boolean isHere(Table of, long offset) {
        return of.equals(table) && offset >= from && offset < to;
    }

    /** Takes a block from the cache as a whole, which is faster than value by value. */
    private boolean isCopied(
            Table of, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        if (rawBytes > memory.byteSize()) {
            return false;
        }
        clear();
        of.pinAgain(TableDescriptor.KIND_DATA, offset, storedBytes, rawBytes, lease);
        MemorySegment.copy(lease.segment(), lease.payloadAt(), memory, 0, rawBytes);
        lease.release();
        lease.hold(BlockLease.NOBODY, 0, memory, 0, rawBytes);
        return true;
    }

    private boolean isRowRead(Table of, BlockLease page, int entry, boolean rising) {
        boolean isNextRow = of.equals(table);
        blocksMax = isNextRow ? Math.min(2 * blocksMax, page.entryCount()) : BLOCKS_AT_FIRST;
        table = null;
        if (!isRowPlanned(of, page, entry, rising)) {
            return false;
        }
        int bytes = (int) (to - from);
        if (of.read(from, memory.asSlice(0, bytes)) < bytes) {
            return false; // who reads the blocks one by one will tell
        }
        table = of;
        return true;
    }

    /** Finds the blocks that lie one behind the other and fit; false when there are none. */
    private boolean isRowPlanned(Table of, BlockLease page, int entry, boolean rising) {
        MemorySegment in = page.segment();
        int step = rising ? 1 : -1;
        int blocks = 0;
        int expandedBytes = 0;
        int index = entry;
        while (blocks < blocksMax && index >= 0 && index < page.entryCount()) {
            long entryAt = page.entryAt(index);
            long start = DirectoryEntry.offset(in, entryAt);
            int storedBytes = DirectoryEntry.storedBytes(in, entryAt);
            int rawBytes = DirectoryEntry.rawBytes(in, entryAt);
            long end = start + TableDescriptor.BLOCK_BYTES + storedBytes;
            boolean isAdjoining = blocks == 0 || (rising ? start == to : end == from);
            if (!isAdjoining || !of.isPlausible(start, storedBytes, rawBytes)) {
                break;
            }
            int expanded =
                    storedBytes == rawBytes
                            ? expandedBytes
                            : Math.max(expandedBytes, TableDescriptor.BLOCK_BYTES + rawBytes);
            long rowFrom = blocks == 0 || !rising ? start : from;
            long rowTo = blocks == 0 || rising ? end : to;
            if (rowTo - rowFrom + expanded > memory.byteSize()) {
                break;
            }
            from = rowFrom;
            to = rowTo;
            expandedBytes = expanded;
            blocks++;
            index += step;
        }
        return blocks > 0;
    }
}
