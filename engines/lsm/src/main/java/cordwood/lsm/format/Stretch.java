package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;

/**
 * The layout of a stretch: records of one stream at rising positions, encoded together. A batch is
 * written as stretches, a memtable indexes them, a block of a table is a row of them.
 *
 * <pre>
 *   stretch = head record*              count records in payload_bytes bytes
 *   first   = length value              its position is in the head
 *   next    = delta length value        delta: position minus the one before, at least 1
 *   delta, length: LEB128, unsigned
 * </pre>
 *
 * Two stretches of a stream, one behind the other, join without touching the records: the delta
 * that the second lacks goes between them.
 */
public final class Stretch {

    /** The fields of a head. */
    public static final Layout LAYOUT =
            Layout.empty()
                    .with("kind", 1)
                    .with("space", 1)
                    .with("count", 2)
                    .with("payload_bytes", 4)
                    .with("stream", 8)
                    .with("first_position", 8)
                    .with("last_position", 8);

    /** Bytes of a head. */
    public static final int HEAD_BYTES = LAYOUT.sizeBytes();

    /** Most records in a stretch, so that looking for one in it stays short. */
    public static final int RECORDS_MAX = 128;

    /** Most payload bytes of a stretch, unless it holds a single record. */
    public static final int PAYLOAD_BYTES_MAX = 8 << 10;

    /** Most bytes that a record's delta and length take. */
    public static final int RECORD_HEAD_BYTES_MAX = Varint.BYTES_MAX + Varint.INT_BYTES_MAX;

    /** The attribute identity under which a stream's trim point is kept, as a signed number. */
    public static final int TRIM_POINT_ID = 255;

    private static final int KIND_BITS = LAYOUT.offset("kind") * Byte.SIZE;
    private static final int SPACE_BITS = LAYOUT.offset("space") * Byte.SIZE;
    private static final int COUNT_BITS = LAYOUT.offset("count") * Byte.SIZE;
    private static final int PAYLOAD_BYTES_BITS = LAYOUT.offset("payload_bytes") * Byte.SIZE;
    private static final int STREAM_AT = LAYOUT.offset("stream");
    private static final int FIRST_AT = LAYOUT.offset("first_position");
    private static final int LAST_AT = LAYOUT.offset("last_position");

    private Stretch() {}

    /** Writes a head. */
    public static void writeHead(
            MemorySegment target,
            long at,
            StreamKey key,
            int count,
            int payloadBytes,
            long first,
            long last) {
        LittleEndian.putI64(target, at, summary(key, count, payloadBytes));
        LittleEndian.putI64(target, at + STREAM_AT, key.stream());
        LittleEndian.putI64(target, at + FIRST_AT, first);
        LittleEndian.putI64(target, at + LAST_AT, last);
    }

    /** Writes a head into an array. */
    public static void writeHead(
            byte[] target,
            int at,
            StreamKey key,
            int count,
            int payloadBytes,
            long first,
            long last) {
        LittleEndian.putI64(target, at, summary(key, count, payloadBytes));
        LittleEndian.putI64(target, at + STREAM_AT, key.stream());
        LittleEndian.putI64(target, at + FIRST_AT, first);
        LittleEndian.putI64(target, at + LAST_AT, last);
    }

    /** Whether there is nothing but stretches between two offsets, as far as their heads tell. */
    public static boolean isRow(MemorySegment source, long from, long to) {
        long at = from;
        while (to - at >= HEAD_BYTES) {
            int bytes = bytes(summary(source, at), first(source, at), last(source, at), to - at);
            if (bytes < 0) {
                return false;
            }
            at += bytes;
        }
        return at == to;
    }

    /** As {@link #isRow(MemorySegment, long, long)}, of the first bytes of an array. */
    public static boolean isRow(byte[] source, int endBytes) {
        int at = 0;
        while (endBytes - at >= HEAD_BYTES) {
            long first = LittleEndian.i64(source, at + FIRST_AT);
            long last = LittleEndian.i64(source, at + LAST_AT);
            int bytes = bytes(LittleEndian.i64(source, at), first, last, endBytes - at);
            if (bytes < 0) {
                return false;
            }
            at += bytes;
        }
        return at == endBytes;
    }

    /** Bytes of the stretch with such a head; -1 when none has it. */
    private static int bytes(long summary, long first, long last, long roomBytes) {
        int tag = tag(summary);
        int payloadBytes = payloadBytes(summary);
        boolean isStretch =
                RecordKind.isCode(tag >>> 8)
                        && (tag & 0xFF) != 0
                        && count(summary) > 0
                        && payloadBytes > 0
                        && payloadBytes <= roomBytes - HEAD_BYTES
                        && first <= last;
        return isStretch ? HEAD_BYTES + payloadBytes : -1;
    }

    /** What the first eight bytes of a head hold: kind, space, count and payload bytes. */
    public static long summary(MemorySegment source, long at) {
        return LittleEndian.i64(source, at);
    }

    private static long summary(StreamKey key, int count, int payloadBytes) {
        return (long) key.kind().code() << KIND_BITS
                | (long) key.space() << SPACE_BITS
                | (long) count << COUNT_BITS
                | (long) payloadBytes << PAYLOAD_BYTES_BITS;
    }

    /** The kind's code and the space: {@link StreamKey#tag}. */
    public static int tag(long summary) {
        return ((int) (summary >>> KIND_BITS) & 0xFF) << 8
                | ((int) (summary >>> SPACE_BITS) & 0xFF);
    }

    /** How many records. */
    public static int count(long summary) {
        return (int) (summary >>> COUNT_BITS) & 0xFFFF;
    }

    /** Bytes behind the head. */
    public static int payloadBytes(long summary) {
        return (int) (summary >>> PAYLOAD_BYTES_BITS);
    }

    /** The kind's code and the space of the head at an offset: {@link StreamKey#tag}. */
    public static int tag(MemorySegment source, long at) {
        return tag(summary(source, at));
    }

    /** How many records. */
    public static int count(MemorySegment source, long at) {
        return count(summary(source, at));
    }

    /** Bytes behind the head. */
    public static int payloadBytes(MemorySegment source, long at) {
        return payloadBytes(summary(source, at));
    }

    /** The stream. */
    public static long stream(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + STREAM_AT);
    }

    /** Position of the first record. */
    public static long first(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + FIRST_AT);
    }

    /** Position of the last record. */
    public static long last(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + LAST_AT);
    }
}
