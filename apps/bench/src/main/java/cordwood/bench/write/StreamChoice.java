package cordwood.bench.write;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Which stream the next record goes to: each in turn, or by Zipf's law. Confined to one thread. */
final class StreamChoice {

    private final int streamCount;
    private final double[] cumulated; // empty where each has its turn
    private final SplittableRandom random;
    private int last;

    StreamChoice(int streamCount, double skew, long seed) {
        this.streamCount = streamCount;
        this.cumulated = skew == 0 ? new double[0] : new double[streamCount];
        this.random = new SplittableRandom(seed);
        double sum = 0;
        for (int i = 0; i < cumulated.length; i++) {
            sum += Math.pow(i + 1, -skew);
            cumulated[i] = sum;
        }
    }

    /** A stream, from 1. */
    int next() {
        if (cumulated.length == 0) {
            last = last == streamCount ? 1 : last + 1;
            return last;
        }
        double drawn = random.nextDouble() * cumulated[streamCount - 1];
        int place = Arrays.binarySearch(cumulated, drawn);
        int above = place < 0 ? -place - 1 : place + 1;
        return Math.min(above, streamCount - 1) + 1;
    }
}
