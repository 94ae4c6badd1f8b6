package cordwood.lsm.table;

/**
 * Decides which blocks are worth an attempt at compression: after each one in vain twice as many
 * are left alone, so that data that does not compress costs next to nothing. Shared by the writers
 * of a store, so that each goes on with what the ones before it learned. Thread-safe.
 */
public final class CompressionPolicy {

    private static final int SKIPS_MAX = 128;
    private static final int BYTES_MIN = 128;

    private final Compression compression;

    // guarded by this
    private int skips;
    private int skipsLeft;

    /** A policy that has learned nothing yet. */
    public CompressionPolicy(Compression compression) {
        this.compression = compression;
    }

    synchronized boolean isWorthTrying(int rawBytes) {
        if (compression == Compression.NONE || rawBytes < BYTES_MIN) {
            return false;
        }
        if (skipsLeft > 0) {
            skipsLeft--;
            return false;
        }
        return true;
    }

    /** The most bytes at which compressing a block counts as saving. */
    int compressedBytesMax(int rawBytes) {
        return rawBytes - rawBytes / 8;
    }

    synchronized void tried(boolean saved) {
        skips = saved ? 0 : Math.clamp(skips * 2L, 1, SKIPS_MAX);
        skipsLeft = skips;
    }
}
