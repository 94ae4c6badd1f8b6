package cordwood.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Compresses and expands blocks in memory of its own on the heap. Confined to one thread. */
final class BlockCodec {

    /*
     * The pure-Java codec that checks every array access: a damaged block that still has the right
     * checksum ends in an exception.
     */
    private static final LZ4Factory LZ4 = LZ4Factory.safeInstance();
    private static final byte[] NOTHING = new byte[0];

    private final LZ4Compressor compressor = LZ4.fastCompressor();
    private final LZ4SafeDecompressor decompressor = LZ4.safeDecompressor();
    private byte[] source = NOTHING;
    private byte[] target = NOTHING;

    /**
     * Compresses bytes where they lie.
     *
     * @return how many bytes they take now, or -1 when they would take more than allowed: then
     *     nothing was changed
     */
    int compress(MemorySegment segment, long at, int bytes, int compressedBytesMax) {
        source = atLeast(source, bytes);
        target = atLeast(target, compressedBytesMax);
        MemorySegment.copy(segment, JAVA_BYTE, at, source, 0, bytes);
        int compressedBytes;
        try {
            compressedBytes = compressor.compress(source, 0, bytes, target, 0, compressedBytesMax);
        } catch (LZ4Exception _) {
            return -1; // it does not fit
        }
        MemorySegment.copy(target, 0, segment, JAVA_BYTE, at, compressedBytes);
        return compressedBytes;
    }

    /**
     * Expands bytes where they lie; there must be room for {@code rawBytes}.
     *
     * @return whether they were the compressed form of exactly so many bytes
     */
    boolean expand(MemorySegment segment, long at, int bytes, int rawBytes) {
        source = atLeast(source, bytes);
        target = atLeast(target, rawBytes);
        MemorySegment.copy(segment, JAVA_BYTE, at, source, 0, bytes);
        try {
            if (decompressor.decompress(source, 0, bytes, target, 0, rawBytes) != rawBytes) {
                return false;
            }
        } catch (LZ4Exception _) {
            return false;
        }
        MemorySegment.copy(target, 0, segment, JAVA_BYTE, at, rawBytes);
        return true;
    }

    private static byte[] atLeast(byte[] present, int bytes) {
        return present.length >= bytes ? present : Arrays.copyOf(NOTHING, bytes);
    }
}
