package cordwood.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.Coder;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/**
 * Compresses and expands blocks where they lie, with any codec: the compressed form passes through
 * an array that is used again and again. Confined to one thread.
 */
final class BlockCodec implements AutoCloseable {

    private final Map<Codec, Coder> coders = new EnumMap<>(Codec.class);
    private byte[] compressed = new byte[0];

    /**
     * Compresses bytes where they lie.
     *
     * @return how many bytes they take now, or -1 when they would take more than allowed: then
     *     nothing was changed
     */
    int compress(Codec codec, MemorySegment segment, long at, int bytes, int compressedBytesMax) {
        int compressedBytes = attempt(codec, segment, at, bytes, compressedBytesMax);
        if (compressedBytes >= 0) {
            MemorySegment.copy(compressed, 0, segment, JAVA_BYTE, at, compressedBytes);
        }
        return compressedBytes;
    }

    /**
     * Compresses bytes and leaves them as they are.
     *
     * @return how many bytes they would take, or -1 when that is more than allowed
     */
    int attempt(Codec codec, MemorySegment segment, long at, int bytes, int compressedBytesMax) {
        makeRoom(compressedBytesMax);
        return coder(codec)
                .compress(
                        segment.asSlice(at, bytes).asByteBuffer(),
                        ByteBuffer.wrap(compressed, 0, compressedBytesMax));
    }

    /**
     * Expands bytes where they lie; there must be room for {@code rawBytes}.
     *
     * @return whether they were the compressed form of exactly so many bytes
     */
    boolean expand(Codec codec, MemorySegment segment, long at, int bytes, int rawBytes) {
        makeRoom(bytes);
        MemorySegment.copy(segment, JAVA_BYTE, at, compressed, 0, bytes);
        return coder(codec)
                .expand(
                        ByteBuffer.wrap(compressed, 0, bytes),
                        segment.asSlice(at, rawBytes).asByteBuffer());
    }

    private Coder coder(Codec codec) {
        Coder present = coders.get(codec);
        if (present == null) {
            present = codec.newCoder();
            coders.put(codec, present);
        }
        return present;
    }

    private void makeRoom(int bytes) {
        if (compressed.length < bytes) {
            compressed = new byte[bytes];
        }
    }

    /** Gives back what coders hold. Idempotent. */
    @Override
    public void close() {
        for (Coder coder : coders.values()) {
            coder.close();
        }
        coders.clear();
    }
}
