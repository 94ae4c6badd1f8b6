package cordwood.lsm.table;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.StreamKey;
import java.lang.foreign.MemorySegment;

/**
 * Reads and compares entries of a directory where they lie: entry {@code index} from {@code at}.
 */
final class DirectoryEntry {

    static final int BYTES = TableDescriptor.ENTRY_BYTES;

    private static final int FIRST_TAG_AT = TableDescriptor.ENTRY.offset("first_tag");
    private static final int LAST_TAG_AT = TableDescriptor.ENTRY.offset("last_tag");
    private static final int FIRST_STREAM_AT = TableDescriptor.ENTRY.offset("first_stream");
    private static final int FIRST_POSITION_AT = TableDescriptor.ENTRY.offset("first_position");
    private static final int LAST_STREAM_AT = TableDescriptor.ENTRY.offset("last_stream");
    private static final int LAST_POSITION_AT = TableDescriptor.ENTRY.offset("last_position");
    private static final int OFFSET_AT = TableDescriptor.ENTRY.offset("offset");
    private static final int STORED_BYTES_AT = TableDescriptor.ENTRY.offset("stored_bytes");
    private static final int RAW_BYTES_AT = TableDescriptor.ENTRY.offset("raw_bytes");

    private DirectoryEntry() {}

    static void write(
            MemorySegment target,
            long at,
            BlockBounds bounds,
            long offset,
            int storedBytes,
            int rawBytes) {
        LittleEndian.putI32(target, at + FIRST_TAG_AT, bounds.firstTag());
        LittleEndian.putI32(target, at + LAST_TAG_AT, bounds.lastTag());
        LittleEndian.putI64(target, at + FIRST_STREAM_AT, bounds.firstStream());
        LittleEndian.putI64(target, at + FIRST_POSITION_AT, bounds.firstPosition());
        LittleEndian.putI64(target, at + LAST_STREAM_AT, bounds.lastStream());
        LittleEndian.putI64(target, at + LAST_POSITION_AT, bounds.lastPosition());
        LittleEndian.putI64(target, at + OFFSET_AT, offset);
        LittleEndian.putI32(target, at + STORED_BYTES_AT, storedBytes);
        LittleEndian.putI32(target, at + RAW_BYTES_AT, rawBytes);
    }

    static int firstTag(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + FIRST_TAG_AT);
    }

    static int lastTag(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + LAST_TAG_AT);
    }

    static long firstStream(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + FIRST_STREAM_AT);
    }

    static long firstPosition(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + FIRST_POSITION_AT);
    }

    static long lastStream(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + LAST_STREAM_AT);
    }

    static long lastPosition(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + LAST_POSITION_AT);
    }

    static long offset(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + OFFSET_AT);
    }

    static int storedBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + STORED_BYTES_AT);
    }

    static int rawBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + RAW_BYTES_AT);
    }

    /** Whether two entries begin with the same record. */
    static boolean sameFirst(MemorySegment one, long at, MemorySegment other, long otherAt) {
        return firstTag(one, at) == firstTag(other, otherAt)
                && firstStream(one, at) == firstStream(other, otherAt)
                && firstPosition(one, at) == firstPosition(other, otherAt);
    }

    /** Whether two entries end with the same record. */
    static boolean sameLast(MemorySegment one, long at, MemorySegment other, long otherAt) {
        return lastTag(one, at) == lastTag(other, otherAt)
                && lastStream(one, at) == lastStream(other, otherAt)
                && lastPosition(one, at) == lastPosition(other, otherAt);
    }

    /** Index of the first entry whose last record is at or behind a key and position, or count. */
    static int ceiling(
            MemorySegment source, long base, int count, int tag, long stream, long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long at = base + (long) middle * BYTES;
            int order = StreamKey.compare(lastTag(source, at), lastStream(source, at), tag, stream);
            if (order < 0 || (order == 0 && lastPosition(source, at) < position)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Index of the last entry whose first record is at or before a key and position, or -1. */
    static int floor(
            MemorySegment source, long base, int count, int tag, long stream, long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long at = base + (long) middle * BYTES;
            int order =
                    StreamKey.compare(firstTag(source, at), firstStream(source, at), tag, stream);
            if (order > 0 || (order == 0 && firstPosition(source, at) > position)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }
}
