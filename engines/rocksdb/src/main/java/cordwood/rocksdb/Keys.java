package cordwood.rocksdb;

import cordwood.store.Space;
import java.nio.ByteBuffer;

/**
 * The stored keys, whose byte order is the order of streams and positions.
 *
 * <p>Data: space (1 byte), stream (8), position (8). Metadata: space (1), stream (8), attribute
 * identity (1). Signed numbers are big-endian with the sign bit flipped.
 */
final class Keys {

    static final int PREFIX_BYTES = 9;
    static final int DATA_BYTES = 17;
    static final int METADATA_BYTES = 10;

    /** The attribute identity, outside the contract's range, under which a trim point is kept. */
    static final int TRIM_POINT_ID = 255;

    private static final int STREAM_OFFSET = 1;
    private static final int POSITION_OFFSET = 9;
    private static final int ATTRIBUTE_OFFSET = 9;

    private Keys() {}

    /** Maps signed order to the order of big-endian bytes, and back. */
    static long flipped(long number) {
        return number ^ Long.MIN_VALUE;
    }

    /** Writes a data key at the start of {@code target}, leaving its position and limit alone. */
    static void putData(ByteBuffer target, int spaceId, long stream, long position) {
        target.put(0, (byte) spaceId);
        target.putLong(STREAM_OFFSET, flipped(stream));
        target.putLong(POSITION_OFFSET, flipped(position));
    }

    static byte[] data(Space space, long stream, long position) {
        return data(space.id(), stream, position);
    }

    static byte[] data(int spaceId, long stream, long position) {
        byte[] key = new byte[DATA_BYTES];
        putData(ByteBuffer.wrap(key), spaceId, stream, position);
        return key;
    }

    static byte[] metadata(int spaceId, long stream, int attributeId) {
        byte[] key = new byte[METADATA_BYTES];
        ByteBuffer.wrap(key)
                .put(0, (byte) spaceId)
                .putLong(STREAM_OFFSET, flipped(stream))
                .put(ATTRIBUTE_OFFSET, (byte) attributeId);
        return key;
    }

    /** The lowest key that any stream of a space may have. */
    static byte[] spaceStart(Space space) {
        return new byte[] {(byte) space.id()};
    }

    /** The lowest key above every stream of a space; identities end below 255. */
    static byte[] spaceEnd(int spaceId) {
        return new byte[] {(byte) (spaceId + 1)};
    }

    /** The lowest key of a stream, and what all its keys begin with. */
    static byte[] streamStart(int spaceId, long stream) {
        byte[] key = new byte[PREFIX_BYTES];
        ByteBuffer.wrap(key).put(0, (byte) spaceId).putLong(STREAM_OFFSET, flipped(stream));
        return key;
    }

    /** The lowest key above every position of a stream. */
    static byte[] streamEnd(int spaceId, long stream) {
        return stream == Long.MAX_VALUE ? spaceEnd(spaceId) : streamStart(spaceId, stream + 1);
    }

    /** The lowest key above a position of a stream. */
    static byte[] after(int spaceId, long stream, long position) {
        return position == Long.MAX_VALUE
                ? streamEnd(spaceId, stream)
                : data(spaceId, stream, position + 1);
    }

    static long streamOf(ByteBuffer key) {
        return streamOf(key, 0);
    }

    static long positionOf(ByteBuffer key) {
        return positionOf(key, 0);
    }

    /** The stream in a key that begins at {@code keyOffset}. */
    static long streamOf(ByteBuffer source, int keyOffset) {
        return flipped(source.getLong(keyOffset + STREAM_OFFSET));
    }

    /** The position in a data key that begins at {@code keyOffset}. */
    static long positionOf(ByteBuffer source, int keyOffset) {
        return flipped(source.getLong(keyOffset + POSITION_OFFSET));
    }

    /** A trim point as the merge operator {@code max} compares it. */
    static byte[] trimPoint(long to) {
        return ByteBuffer.allocate(Long.BYTES).putLong(flipped(to)).array();
    }

    static long trimPointOf(byte[] value) {
        return flipped(ByteBuffer.wrap(value).getLong());
    }
}
