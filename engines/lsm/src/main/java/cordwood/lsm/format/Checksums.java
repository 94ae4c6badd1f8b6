package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli) over memory. Thread-safe. */
public final class Checksums {

    private Checksums() {}

    /** The checksum of a part of a segment, on the heap or off it. */
    public static int of(MemorySegment segment, long offsetBytes, long sizeBytes) {
        CRC32C crc = new CRC32C();
        crc.update(segment.asSlice(offsetBytes, sizeBytes).asByteBuffer());
        return (int) crc.getValue();
    }

    /** The checksum of the first bytes of an array. */
    public static int of(byte[] bytes, int sizeBytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, sizeBytes);
        return (int) crc.getValue();
    }
}
