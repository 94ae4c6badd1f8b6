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

    private static final int KIND_AT = LAYOUT.offset("kind");
    private static final int SPACE_AT = LAYOUT.offset("space");
    private static final int COUNT_AT = LAYOUT.offset("count");
    private static final int PAYLOAD_BYTES_AT = LAYOUT.offset("payload_bytes");
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
        LittleEndian.putU8(target, at + KIND_AT, key.kind().code());
        LittleEndian.putU8(target, at + SPACE_AT, key.space());
        LittleEndian.putU16(target, at + COUNT_AT, count);
        LittleEndian.putI32(target, at + PAYLOAD_BYTES_AT, payloadBytes);
        LittleEndian.putI64(target, at + STREAM_AT, key.stream());
        LittleEndian.putI64(target, at + FIRST_AT, first);
        LittleEndian.putI64(target, at + LAST_AT, last);
    }

    /** Whether there is nothing but stretches between two offsets, as far as their heads tell. */
    public static boolean isRow(MemorySegment source, long from, long to) {
        long at = from;
        while (to - at >= HEAD_BYTES) {
            int payloadBytes = payloadBytes(source, at);
            int tag = tag(source, at);
            boolean isStretch =
                    RecordKind.isCode(tag >>> 8)
                            && (tag & 0xFF) != 0
                            && count(source, at) > 0
                            && payloadBytes > 0
                            && payloadBytes <= to - at - HEAD_BYTES
                            && first(source, at) <= last(source, at);
            if (!isStretch) {
                return false;
            }
            at += HEAD_BYTES + payloadBytes;
        }
        return at == to;
    }

    /** The kind's code and the space of the head at an offset: {@link StreamKey#tag}. */
    public static int tag(MemorySegment source, long at) {
        return LittleEndian.u8(source, at + KIND_AT) << 8 | LittleEndian.u8(source, at + SPACE_AT);
    }

    /** How many records. */
    public static int count(MemorySegment source, long at) {
        return LittleEndian.u16(source, at + COUNT_AT);
    }

    /** Bytes behind the head. */
    public static int payloadBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + PAYLOAD_BYTES_AT);
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
