package cordwood.bench.measure;

import java.util.Arrays;

/**
 * What the processor and the clock give without what is measured.
 *
 * @param stepNanos one step of a chain of dependent arithmetic: a run on a processor that was given
 *     less, or more, than the others is told by it
 * @param timerNanos one reading of the clock
 * @param resolutionNanos the least difference of two readings
 */
public record CpuFloor(double stepNanos, double timerNanos, long resolutionNanos) {

    private static final int ROUNDS = 41;
    private static final int STEPS = 200_000;
    private static final int READINGS = 20_000;

    /** Measures both, on the calling thread: a tenth of a second. */
    public static CpuFloor measure() {
        double[] steps = new double[ROUNDS];
        double[] readings = new double[ROUNDS];
        long seed = 1;
        long resolution = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begun = System.nanoTime();
            seed = chain(seed, STEPS);
            steps[round] = (double) (System.nanoTime() - begun) / STEPS;
            begun = System.nanoTime();
            resolution = Math.min(resolution, leastDifference(READINGS));
            readings[round] = (double) (System.nanoTime() - begun) / READINGS;
        }
        // a chain that is never looked at would not be computed
        return new CpuFloor(seed == 0 ? 0 : median(steps), median(readings), resolution);
    }

    private static double median(double[] rounds) {
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static long chain(long seed, int steps) {
        long state = seed;
        for (int i = 0; i < steps; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        return state;
    }

    private static long leastDifference(int readings) {
        long least = Long.MAX_VALUE;
        long last = System.nanoTime();
        for (int i = 0; i < readings; i++) {
            long now = System.nanoTime();
            if (now > last) {
                least = Math.min(least, now - last);
            }
            last = now;
        }
        return least;
    }
}
