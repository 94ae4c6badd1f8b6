package cordwood.lsm.codec;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4, as blocks without a frame. */
final class Lz4Coder implements Coder {

    /** The pure-Java codec, which reads and writes nothing but its buffers, whatever is in them. */
    private static final LZ4Factory LZ4 = LZ4Factory.safeInstance();

    private final LZ4Compressor compressor = LZ4.fastCompressor();
    private final LZ4SafeDecompressor decompressor = LZ4.safeDecompressor();

    @Override
    public int compress(ByteBuffer source, ByteBuffer target) {
        int start = target.position();
        try {
            compressor.compress(source, target);
            return target.position() - start;
        } catch (LZ4Exception _) {
            return -1; // it does not fit
        }
    }

    @Override
    public boolean expand(ByteBuffer source, ByteBuffer target) {
        try {
            decompressor.decompress(source, target);
            return !target.hasRemaining();
        } catch (LZ4Exception _) {
            return false;
        }
    }

    @Override
    public void close() {}
}
