package cordwood.lsm.wal;

import cordwood.lsm.format.LittleEndian;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The head of one frame after another: put together and summed in an array, without garbage, and
 * copied to where it belongs at once. Confined to a thread.
 */
final class FrameHead {

    private final byte[] bytes = new byte[WalDescriptor.FRAME_BYTES];
    private final CRC32C crc = new CRC32C();

    /** Heads of frames of batches. */
    FrameHead() {
        LittleEndian.putI32(bytes, WalDescriptor.MAGIC_AT, WalDescriptor.FRAME_MAGIC);
        LittleEndian.putI32(bytes, WalDescriptor.KIND_AT, WalDescriptor.KIND_BATCH);
    }

    /** Writes a head to an offset. */
    void write(
            ByteBuffer target,
            int at,
            int bodyBytes,
            int extentBytes,
            long segment,
            long sequence,
            long syncedPosition,
            int bodyChecksum) {
        LittleEndian.putI32(bytes, WalDescriptor.BODY_BYTES_AT, bodyBytes);
        LittleEndian.putI32(bytes, WalDescriptor.EXTENT_AT, extentBytes);
        LittleEndian.putI64(bytes, WalDescriptor.SEGMENT_AT, segment);
        LittleEndian.putI64(bytes, WalDescriptor.SEQUENCE_AT, sequence);
        LittleEndian.putI64(bytes, WalDescriptor.SYNCED_AT, syncedPosition);
        LittleEndian.putI32(bytes, WalDescriptor.BODY_CHECKSUM_AT, bodyChecksum);
        crc.reset();
        crc.update(bytes, 0, WalDescriptor.CHECKSUM_AT);
        LittleEndian.putI32(bytes, WalDescriptor.CHECKSUM_AT, (int) crc.getValue());
        target.put(at, bytes);
    }
}
