package cordwood.lsm.codec;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4, as blocks without a frame. */
final class Lz4Coder implements Coder {

    /*
     * The pure-Java codec that checks every array access: whatever it is given, it reads and writes
     * nothing else. It works on arrays, and half as fast on memory off the heap, hence the copy.
     */
    private static final LZ4Factory LZ4 = LZ4Factory.safeInstance();

    private final LZ4Compressor compressor = LZ4.fastCompressor();
    private final LZ4SafeDecompressor decompressor = LZ4.safeDecompressor();
    private byte[] expanded = new byte[0];

    @Override
    public int compress(ByteBuffer source, ByteBuffer target) {
        int bytes = source.remaining();
        makeRoom(bytes);
        source.get(expanded, 0, bytes);
        try {
            return compressor.compress(
                    expanded,
                    0,
                    bytes,
                    target.array(),
                    target.arrayOffset() + target.position(),
                    target.remaining());
        } catch (LZ4Exception _) {
            return -1; // it does not fit
        }
    }

    @Override
    public boolean expand(ByteBuffer source, ByteBuffer target) {
        int bytes = target.remaining();
        makeRoom(bytes);
        try {
            int expandedBytes =
                    decompressor.decompress(
                            source.array(),
                            source.arrayOffset() + source.position(),
                            source.remaining(),
                            expanded,
                            0,
                            bytes);
            target.put(expanded, 0, expandedBytes);
            return expandedBytes == bytes;
        } catch (LZ4Exception _) {
            return false;
        }
    }

    private void makeRoom(int bytes) {
        if (expanded.length < bytes) {
            expanded = new byte[bytes];
        }
    }

    @Override
    public void close() {}
}
