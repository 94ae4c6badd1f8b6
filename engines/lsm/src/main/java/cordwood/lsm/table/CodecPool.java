package cordwood.lsm.table;

import cordwood.lsm.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;

/**
 * Expands blocks for any thread, with as many codecs as ever were at it at once. Since nobody waits
 * for a file meanwhile, that is hardly more than there are processors, however many read.
 * Thread-safe.
 */
final class CodecPool implements AutoCloseable {

    // guarded by itself
    private final ArrayList<BlockCodec> idle = new ArrayList<>();

    /** As {@link BlockCodec#expand}. */
    boolean expand(Codec codec, MemorySegment segment, long at, int bytes, int rawBytes) {
        BlockCodec taken = take();
        try {
            return taken.expand(codec, segment, at, bytes, rawBytes);
        } finally {
            giveBack(taken);
        }
    }

    private BlockCodec take() {
        synchronized (idle) {
            return idle.isEmpty() ? new BlockCodec() : idle.removeLast();
        }
    }

    private void giveBack(BlockCodec codec) {
        synchronized (idle) {
            idle.add(codec);
        }
    }

    /** Gives back what they hold. Nobody may be at it any more. */
    @Override
    public void close() {
        synchronized (idle) {
            for (BlockCodec codec : idle) {
                codec.close();
            }
            idle.clear();
        }
    }
}
