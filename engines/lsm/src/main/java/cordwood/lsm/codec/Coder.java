package cordwood.lsm.codec;

import java.nio.ByteBuffer;

/**
 * Compresses and expands with one codec. Belongs to one thread at a time. The expanded side may be
 * on the heap or off it; the compressed side is on the heap. Positions and limits of both buffers
 * are undefined after a call; neither is kept.
 */
public interface Coder extends AutoCloseable {

    /**
     * Compresses what remains of a source.
     *
     * @param target takes the compressed form, from its position on
     * @return bytes of the compressed form, or -1 when they are more than remain of the target
     */
    int compress(ByteBuffer source, ByteBuffer target);

    /**
     * Expands what remains of a source. Never writes beyond the target, whatever the source is.
     *
     * @param target takes the expanded form, from its position on
     * @return whether the source was the compressed form of exactly as many bytes as remained of
     *     the target; otherwise what the target holds is undefined
     */
    boolean expand(ByteBuffer source, ByteBuffer target);

    /** Gives back what it holds beside the heap. Idempotent; it is not used any more. */
    @Override
    void close();
}
