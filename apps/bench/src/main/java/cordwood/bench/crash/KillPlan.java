package cordwood.bench.crash;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * What the writing process writes, as far as the verifying one must know it: every value follows
 * from the seed and its key, positions of a stream have no gaps, and attribute 1 of a stream is
 * always the last position that was put with it.
 *
 * @param seed of all values
 */
record KillPlan(long seed) {

    static final Space SPACE = new Space(253, "crash");
    static final int STREAMS = 16;
    static final int LAST_POSITION = 1;

    /** Records of a stream that are kept when it is trimmed. */
    static final long KEPT_RECORDS = 1_000;

    private static final int VALUE_BYTES_MAX = 1_500;

    static boolean hasStream(long stream) {
        return stream >= 0 && stream < STREAMS;
    }

    /** The value of a record, on the heap. */
    MemorySegment value(long stream, long position) {
        SplittableRandom random =
                new SplittableRandom(seed ^ (stream * 0x9E3779B97F4A7C15L) ^ position);
        byte[] bytes = new byte[random.nextInt(VALUE_BYTES_MAX)];
        random.nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }
}
