package cordwood.rocksdb;

import cordwood.memory.MemoryRefused;
import cordwood.memory.pool.CellPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The entries of a batch in RocksDB's encoding, as {@link BatchBytes} has them: in a cell, and on
 * the heap where they are many or all cells are in use. Not thread-safe; to be {@link #free freed}
 * before the pool is closed.
 */
final class EncodedEntries {

    private static final int CELL_BYTES_MIN = 1 << 10;
    private static final int CELL_BYTES_MAX = 64 << 10;
    private static final ValueLayout.OfLong BIG_ENDIAN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final CellPool pool;
    private long cell; // 0 where they are on the heap, or nowhere
    private MemorySegment memory = MemorySegment.NULL;
    private int length;
    private int count;
    private int firstBytes = CELL_BYTES_MIN; // of the first cell: what was needed the last time

    EncodedEntries(CellPool pool) {
        this.pool = pool;
    }

    int length() {
        return length;
    }

    int count() {
        return count;
    }

    /** What they take, room for more among it. */
    long memoryBytes() {
        return memory.byteSize();
    }

    /** Adds a record, or nothing where the value cannot be read. */
    void putData(
            int familyId,
            int spaceId,
            long stream,
            long position,
            MemorySegment head,
            MemorySegment body) {
        int valueBytes = Math.toIntExact(head.byteSize() + body.byteSize());
        int at = begin(familyId, Keys.DATA_BYTES, valueBytes);
        at = key(at, spaceId, stream);
        memory.set(BIG_ENDIAN, at, Keys.flipped(position));
        at = varint(at + Long.BYTES, valueBytes);
        MemorySegment.copy(head, 0, memory, at, head.byteSize());
        MemorySegment.copy(body, 0, memory, at + head.byteSize(), body.byteSize());
        end(at + valueBytes);
    }

    /** Adds an attribute, or nothing where the value cannot be read. */
    void putAttribute(int familyId, int spaceId, long stream, int id, MemorySegment value) {
        int valueBytes = Math.toIntExact(value.byteSize());
        int at = begin(familyId, Keys.METADATA_BYTES, valueBytes);
        at = key(at, spaceId, stream);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) id);
        at = varint(at + 1, valueBytes);
        MemorySegment.copy(value, 0, memory, at, valueBytes);
        end(at + valueBytes);
    }

    private int begin(int familyId, int keyBytes, int valueBytes) {
        int entryBytes = Math.addExact(1 + 3 * BatchBytes.VARINT_BYTES_MAX + keyBytes, valueBytes);
        reserve(Math.addExact(length, entryBytes));
        memory.set(ValueLayout.JAVA_BYTE, length, BatchBytes.PUT);
        return varint(varint(length + 1, familyId), keyBytes);
    }

    private int key(int at, int spaceId, long stream) {
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) spaceId);
        memory.set(BIG_ENDIAN, at + 1, Keys.flipped(stream));
        return at + Keys.PREFIX_BYTES;
    }

    private int varint(int start, int number) {
        int at = start;
        int rest = number;
        while ((rest & ~0x7F) != 0) {
            memory.set(ValueLayout.JAVA_BYTE, at++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) rest);
        return at + 1;
    }

    private void end(int at) {
        length = at;
        count++;
    }

    private void reserve(int bytes) {
        if (bytes <= memory.byteSize()) {
            return;
        }
        long oldCell = cell;
        MemorySegment old = memory;
        int wantedBytes = Math.max(CELL_BYTES_MIN, Math.max(bytes, length / 2 * 3));
        if (wantedBytes > CELL_BYTES_MAX || !takeCell(Math.max(firstBytes, wantedBytes))) {
            memory = MemorySegment.ofArray(new byte[wantedBytes]);
            cell = 0;
        }
        MemorySegment.copy(old, 0, memory, 0, length);
        pool.free(oldCell);
    }

    private boolean takeCell(int bytes) {
        long taken;
        try {
            taken = pool.allocate(Integer.highestOneBit(bytes * 2 - 1));
        } catch (MemoryRefused full) {
            return false;
        }
        boolean viewed = false;
        try {
            memory = pool.view(taken);
            viewed = true;
        } finally {
            if (!viewed) { // for want of heap
                pool.free(taken);
            }
        }
        cell = taken;
        return true;
    }

    /** Copies all of them. */
    void copyTo(byte[] target, int offset) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, target, offset, length);
    }

    /** Forgets the entries, and gives the memory back. Idempotent. */
    void free() {
        if (length > 0) {
            firstBytes = Math.clamp(length, CELL_BYTES_MIN, CELL_BYTES_MAX);
        }
        length = 0;
        count = 0;
        long freed = cell;
        cell = 0;
        memory = MemorySegment.NULL;
        pool.free(freed);
    }
}
