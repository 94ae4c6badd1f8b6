package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/** CRC32C of short parts of memory, one after another, without garbage. Confined to a thread. */
public final class ShortChecksum {

    private static final int BYTES_MAX = 64;

    private final CRC32C crc = new CRC32C();
    private final byte[] copy = new byte[BYTES_MAX];

    /** The checksum of at most 64 bytes, equal to that of {@link Checksums#of}. */
    public int of(MemorySegment segment, long offsetBytes, int sizeBytes) {
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offsetBytes, copy, 0, sizeBytes);
        crc.reset();
        crc.update(copy, 0, sizeBytes);
        return (int) crc.getValue();
    }
}
