package cordwood.bench.payload;

/**
 * The generator of payload bytes: SplitMix64, written out here so that a seed gives the same bytes
 * for ever, whatever the JDK does. The page of the payload file states the algorithm.
 */
final class SplitMix64 {

    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final long FIRST_FACTOR = 0xBF58476D1CE4E5B9L;
    private static final long SECOND_FACTOR = 0x94D049BB133111EBL;

    private long state;

    SplitMix64(long seed) {
        this.state = seed;
    }

    long next() {
        state += STEP;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * FIRST_FACTOR;
        mixed = (mixed ^ (mixed >>> 27)) * SECOND_FACTOR;
        return mixed ^ (mixed >>> 31);
    }
}
