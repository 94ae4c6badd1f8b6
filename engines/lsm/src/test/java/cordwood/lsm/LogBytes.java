package cordwood.lsm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Bytes of a log segment, read and forged as {@code docs/format/wal-segment.md} says, independently
 * of the engine.
 */
final class LogBytes {

    static final int FRAMES_AT = 4096;
    static final int HEAD_BYTES = 48;

    private static final int HEADER_BYTES = 76;
    private static final int FRAME_MAGIC = 0x52465743;
    private static final int BODY_BYTES_AT = 8;
    private static final int EXTENT_AT = 12;
    private static final int SYNCED_AT = 32;
    private static final int BODY_CHECKSUM_AT = 40;
    private static final int HEADER_SYNCED_AT = 64;

    private final ByteBuffer bytes;
    private final long offset;

    /** Bytes that start at an offset of their file; changed in place. */
    LogBytes(ByteBuffer bytes, long offset) {
        this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.offset = offset;
    }

    /** Where the frames of a whole segment start, in order. */
    List<Integer> frames() {
        List<Integer> frames = new ArrayList<>();
        int at = FRAMES_AT;
        while (isHead(at) && isIntact(at, HEAD_BYTES)) {
            frames.add(at);
            at += bytes.getInt(at + EXTENT_AT);
        }
        return frames;
    }

    /** Gives everything that looks like a frame's head the checksum it should have. */
    void makeEveryHeadIntact() {
        for (int at = firstHead(); at < bytes.limit(); at += 8) {
            if (isHead(at)) {
                seal(at, HEAD_BYTES);
            }
        }
    }

    /** Turns a byte of a frame's body over and gives the frame the checksums it should have. */
    void forgeBody(int frame, int bodyOffset) {
        int at = frame + HEAD_BYTES + bodyOffset;
        bytes.put(at, (byte) ~bytes.get(at));
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(frame + HEAD_BYTES, bytes.getInt(frame + BODY_BYTES_AT)));
        bytes.putInt(frame + BODY_CHECKSUM_AT, (int) crc.getValue());
        seal(frame, HEAD_BYTES);
    }

    /** Makes every intact head and header say that nothing was synced. */
    void withdrawPromises() {
        for (int at = firstHead(); at < bytes.limit(); at += 8) {
            if (isHead(at) && isIntact(at, HEAD_BYTES)) {
                bytes.putLong(at + SYNCED_AT, 0);
                seal(at, HEAD_BYTES);
            }
        }
        if (offset == 0 && bytes.limit() >= HEADER_BYTES && isIntact(0, HEADER_BYTES)) {
            bytes.putLong(HEADER_SYNCED_AT, 0);
            seal(0, HEADER_BYTES);
        }
    }

    private int firstHead() {
        return (int) (-offset & 7);
    }

    private boolean isHead(int at) {
        return at + HEAD_BYTES <= bytes.limit() && bytes.getInt(at) == FRAME_MAGIC;
    }

    private boolean isIntact(int at, int lengthBytes) {
        return bytes.getInt(at + lengthBytes - 4) == checksum(at, lengthBytes);
    }

    private void seal(int at, int lengthBytes) {
        bytes.putInt(at + lengthBytes - 4, checksum(at, lengthBytes));
    }

    private int checksum(int at, int lengthBytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at, lengthBytes - 4));
        return (int) crc.getValue();
    }
}
