package cordwood.lsm.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * The records of one stretch, taken apart: where each one's value lies in the segment that was
 * read. A flyweight, loaded again and again; confined to one thread. Holds on to the segment, so it
 * is valid as long as that is.
 */
public final class StretchRecords {

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private final long[] positions = new long[Stretch.RECORDS_MAX];
    private final long[] valueAt = new long[Stretch.RECORDS_MAX];
    private final int[] valueBytes = new int[Stretch.RECORDS_MAX];
    private MemorySegment segment = NOTHING;
    private int count;

    /** Holds no record. */
    public StretchRecords() {}

    /**
     * Takes a payload apart.
     *
     * @param payloadAt where the first record starts
     * @param payloadBytes how far the last one may reach
     * @param records how many there are
     * @param first position of the first
     * @throws IllegalArgumentException when the payload does not hold exactly these records
     */
    public void load(
            MemorySegment from, long payloadAt, int payloadBytes, int records, long first) {
        if (records < 1 || records > Stretch.RECORDS_MAX) {
            throw new IllegalArgumentException("a stretch of " + records + " records");
        }
        segment = from;
        count = 0;
        long end = payloadAt + payloadBytes;
        long at = payloadAt;
        long position = first;
        for (int i = 0; i < records; i++) {
            if (i > 0) {
                long delta = from.get(JAVA_BYTE, at++);
                if (delta < 0) {
                    delta = rest(from, at, delta);
                    at += Varint.bytes(delta) - 1;
                }
                position += delta;
            }
            long bytes = from.get(JAVA_BYTE, at++);
            if (bytes < 0) {
                bytes = rest(from, at, bytes);
                at += Varint.bytes(bytes) - 1;
            }
            positions[i] = position;
            valueAt[i] = at;
            valueBytes[i] = (int) bytes;
            at += bytes;
            if (bytes < 0 || at > end) {
                break;
            }
        }
        if (at != end) {
            throw new IllegalArgumentException(
                    "%d records do not end at %d of %d payload bytes"
                            .formatted(records, at - payloadAt, payloadBytes));
        }
        count = records;
    }

    /** The number whose first byte was read already, the others at {@code at}. */
    private static long rest(MemorySegment from, long at, long firstByte) {
        long value = firstByte & 0x7F;
        int shift = 7;
        long next = at;
        byte read;
        do {
            if (shift > 63) {
                throw new IllegalArgumentException("a number longer than 64 bits");
            }
            read = from.get(JAVA_BYTE, next++);
            value |= (long) (read & 0x7F) << shift;
            shift += 7;
        } while (read < 0);
        return value;
    }

    /** How many records were loaded. */
    public int count() {
        return count;
    }

    /** Position of a record. */
    public long position(int index) {
        return positions[index];
    }

    /** Where the value starts in {@link #segment()}. */
    public long valueAt(int index) {
        return valueAt[index];
    }

    /** How long the value is. */
    public int valueBytes(int index) {
        return valueBytes[index];
    }

    /** What the records were loaded from. */
    public MemorySegment segment() {
        return segment;
    }

    /** Index of the first record at or behind a position, {@link #count()} when there is none. */
    public int ceiling(long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (positions[middle] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Index of the last record at or before a position, -1 when there is none. */
    public int floor(long position) {
        int index = ceiling(position);
        return index < count && positions[index] == position ? index : index - 1;
    }
}
