package cordwood.rocksdb;

import cordwood.memory.MemoryRefused;
import cordwood.memory.pool.CellPool;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A key and a value on their way into native code, in one cell that is kept for the next. Not
 * thread-safe; to be {@link #free freed} before the pool is closed.
 */
final class Scratch {

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final int VALUE_OFFSET = 32;
    private static final int CELL_BYTES_MIN = 1 << 10;

    private final CellPool pool;
    private long cell;
    private ByteBuffer key = NONE;
    private ByteBuffer value = NONE;
    private MemorySegment valueSegment = MemorySegment.NULL;

    Scratch(CellPool pool) {
        this.pool = pool;
    }

    /** Makes room for a value of {@code valueBytes}, and answers whether there is any. */
    boolean holds(int valueBytes) {
        return (cell != 0 && valueBytes <= value.capacity()) || grow(valueBytes);
    }

    private boolean grow(int valueBytes) {
        free();
        int cellBytes = Math.max(CELL_BYTES_MIN, VALUE_OFFSET + valueBytes);
        try {
            cell = pool.allocate(Integer.highestOneBit(cellBytes * 2 - 1));
        } catch (MemoryRefused full) {
            return false;
        }
        MemorySegment memory = pool.view(cell);
        key = memory.asSlice(0, Keys.DATA_BYTES).asByteBuffer();
        valueSegment = memory.asSlice(VALUE_OFFSET);
        value = valueSegment.asByteBuffer();
        return true;
    }

    /** Room for a key; valid until the next call that makes room, or frees. */
    ByteBuffer key() {
        return key.clear();
    }

    /** A value that there is room for; valid until the next one. */
    ByteBuffer value(MemorySegment head, MemorySegment body) {
        MemorySegment.copy(head, 0, valueSegment, 0, head.byteSize());
        MemorySegment.copy(body, 0, valueSegment, head.byteSize(), body.byteSize());
        return value.clear().limit((int) (head.byteSize() + body.byteSize()));
    }

    /** Gives the cell back. Idempotent. */
    void free() {
        long freed = cell;
        cell = 0;
        key = NONE;
        value = NONE;
        valueSegment = MemorySegment.NULL;
        pool.free(freed);
    }
}
