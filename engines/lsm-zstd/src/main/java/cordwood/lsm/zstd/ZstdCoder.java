package cordwood.lsm.zstd;

import cordwood.lsm.codec.Coder;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeDecompressor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Zstandard, one frame without a checksum. The library works where the bytes lie. */
final class ZstdCoder implements Coder {

    private static final int LEVEL = 3;

    private final ZstdNativeCompressor compressor = new ZstdNativeCompressor(LEVEL);
    private final ZstdNativeDecompressor decompressor = new ZstdNativeDecompressor();

    @Override
    public int compress(ByteBuffer source, ByteBuffer target) {
        try {
            return compressor.compress(
                    MemorySegment.ofBuffer(source), MemorySegment.ofBuffer(target));
        } catch (IllegalArgumentException _) {
            return -1; // it does not fit
        }
    }

    @Override
    public boolean expand(ByteBuffer source, ByteBuffer target) {
        try {
            return decompressor.decompress(
                            MemorySegment.ofBuffer(source), MemorySegment.ofBuffer(target))
                    == target.remaining();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    @Override
    public void close() {}
}
