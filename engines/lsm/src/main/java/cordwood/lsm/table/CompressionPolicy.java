package cordwood.lsm.table;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.format.StreamKey;
import java.lang.foreign.MemorySegment;

/**
 * Compresses the blocks for which that pays, and remembers which streams do not compress: after
 * each attempt in vain twice as many blocks of the stream are left alone, so that data that does
 * not compress costs next to nothing, and nobody else's compression. Shared by the writers of a
 * store, so that each goes on with what the ones before it learned. Thread-safe.
 */
public final class CompressionPolicy {

    /*
     * A block counts as one of its first stream's. A stream that does not compress has the place of
     * its hash, until another one takes it; streams that compress have none. While what was tried
     * last did not compress, whosever it was, a sample of a block is tried before all of it: so more
     * streams of noise than there are places cost little too.
     */
    private static final int STREAMS_MAX = 1 << 13;

    private static final int SKIPS_MAX = 128;
    private static final int BYTES_MIN = 128;
    private static final int SAMPLE_DIVISOR = 8;
    private static final int SAMPLE_BYTES_MIN = 1 << 10;

    /** What a block must save, as a part of it. */
    private static final int SAVED_DIVISOR = 8;

    private final SpaceCodecs codecs;

    // guarded by this
    private final long[] streams = new long[STREAMS_MAX];
    private final int[] skips = new int[STREAMS_MAX];
    private final int[] skipsLeft = new int[STREAMS_MAX];

    /** Whether what was tried last did not compress. */
    private volatile boolean doubtful;

    /** A policy that has learned nothing yet. */
    public CompressionPolicy(SpaceCodecs codecs) {
        this.codecs = codecs;
    }

    /** The codecs of the blocks that it compresses. */
    public SpaceCodecs codecs() {
        return codecs;
    }

    /** The codec of a block, if it is compressed: that of its first stream's space. */
    Codec codec(BlockBounds bounds) {
        return codecs.of(StreamKey.of(bounds.firstTag(), bounds.firstStream()).space());
    }

    /**
     * Compresses a block where it lies, or leaves it alone.
     *
     * @param bounds its records
     * @return bytes of it now: fewer when it was compressed
     */
    int compress(BlockCodec blocks, MemorySegment segment, long at, int bytes, BlockBounds bounds) {
        Codec codec = codec(bounds);
        long stream = hash(bounds.firstTag(), bounds.firstStream());
        if (codec == Codec.RAW || !isWorthTrying(stream, bytes)) {
            return bytes;
        }
        int compressedBytes =
                isSampleWorth(blocks, codec, segment, at, bytes)
                        ? blocks.compress(codec, segment, at, bytes, mostBytes(bytes))
                        : -1;
        tried(stream, compressedBytes >= 0);
        return compressedBytes >= 0 ? compressedBytes : bytes;
    }

    private boolean isSampleWorth(
            BlockCodec blocks, Codec codec, MemorySegment segment, long at, int bytes) {
        int sampleBytes = Math.max(SAMPLE_BYTES_MIN, bytes / SAMPLE_DIVISOR);
        return !doubtful
                || sampleBytes >= bytes
                || blocks.attempt(codec, segment, at, sampleBytes, mostBytes(sampleBytes)) >= 0;
    }

    private static int mostBytes(int bytes) {
        return bytes - bytes / SAVED_DIVISOR;
    }

    synchronized boolean isWorthTrying(long stream, int bytes) {
        if (bytes < BYTES_MIN) {
            return false;
        }
        int place = place(stream);
        if (streams[place] == stream && skipsLeft[place] > 0) {
            skipsLeft[place]--;
            return false;
        }
        return true;
    }

    synchronized void tried(long stream, boolean saved) {
        doubtful = !saved;
        int place = place(stream);
        boolean known = streams[place] == stream;
        if (!saved) {
            skips[place] = known ? Math.clamp(skips[place] * 2L, 1, SKIPS_MAX) : 1;
            skipsLeft[place] = skips[place];
            streams[place] = stream;
        } else if (known) {
            skips[place] = 0;
        }
    }

    private static int place(long stream) {
        return (int) (stream >>> 32) & (STREAMS_MAX - 1);
    }

    private static long hash(int tag, long stream) {
        long mixed = (stream + tag * 0x9E37_79B9_7F4A_7C15L) * 0xD6E8_FEB8_6659_FD93L;
        return (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    }
}
