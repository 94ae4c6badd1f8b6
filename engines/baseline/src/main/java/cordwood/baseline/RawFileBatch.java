package cordwood.baseline;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A batch as the bytes that will be in the file. Nothing ever reads them back; they only have the
 * size and the making of what an engine would write.
 */
final class RawFileBatch extends BaselineBatch {

    /** A stream of a space. */
    record StreamKey(int spaceId, long stream) {}

    private static final byte PUT = 1;
    private static final byte TRIM = 2;
    private static final byte ATTRIBUTE = 3;

    private static final int KIND_AT = 0;
    private static final int SPACE_AT = 1;
    private static final int STREAM_AT = 2;
    private static final int NUMBER_AT = 10;
    private static final int LENGTH_AT = 18;
    private static final int HEADER_BYTES = 22;

    private static final int INITIAL_BYTES = 8 << 10;
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private byte[] array = new byte[INITIAL_BYTES];
    private MemorySegment bytes = MemorySegment.ofArray(array);
    private int sizeBytes;
    private final Set<StreamKey> streams = new LinkedHashSet<>();
    private int lastSpaceId;
    private long lastStream;

    RawFileBatch(RawFileStore owner) {
        super(owner);
    }

    /** What was encoded; valid until the batch is cleared or closed. */
    MemorySegment encoded() {
        return bytes.asSlice(0, sizeBytes);
    }

    /** Which streams it touches. */
    Set<StreamKey> streams() {
        return streams;
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        add(PUT, space, stream, position, head, body);
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {
        add(TRIM, space, stream, to, NOTHING, NOTHING);
    }

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
        add(ATTRIBUTE, space, stream, id, NOTHING, value);
    }

    /** Copies the value, which may fail, before anything says that it is there. */
    private void add(
            byte kind,
            Space space,
            long stream,
            long number,
            MemorySegment head,
            MemorySegment body) {
        int headBytes = (int) head.byteSize();
        int valueBytes = headBytes + (int) body.byteSize();
        int at = sizeBytes;
        int valueAt = at + HEADER_BYTES;
        reserve(HEADER_BYTES + valueBytes);
        MemorySegment.copy(head, 0, bytes, valueAt, headBytes);
        MemorySegment.copy(body, 0, bytes, valueAt + headBytes, body.byteSize());
        bytes.set(ValueLayout.JAVA_BYTE, at + KIND_AT, kind);
        bytes.set(ValueLayout.JAVA_BYTE, at + SPACE_AT, (byte) space.id());
        bytes.set(LONG, at + STREAM_AT, stream);
        bytes.set(LONG, at + NUMBER_AT, number);
        bytes.set(INT, at + LENGTH_AT, valueBytes);
        if (streams.isEmpty() || lastSpaceId != space.id() || lastStream != stream) {
            lastSpaceId = space.id();
            lastStream = stream;
            streams.add(new StreamKey(lastSpaceId, lastStream));
        }
        sizeBytes = valueAt + valueBytes;
    }

    private void reserve(int moreBytes) {
        int neededBytes = sizeBytes + moreBytes;
        if (neededBytes > array.length) {
            int grownBytes = (int) Math.min(2L * array.length, Integer.MAX_VALUE - 8);
            array = Arrays.copyOf(array, Math.max(grownBytes, neededBytes));
            bytes = MemorySegment.ofArray(array);
        }
    }

    @Override
    protected void reset() {
        sizeBytes = 0;
        streams.clear();
    }

    @Override
    protected void release() {
        array = new byte[0];
        bytes = MemorySegment.ofArray(array);
        sizeBytes = 0;
    }
}
