package cordwood.bench.alloc;

import cordwood.bench.measure.LatencyRecorder;
import org.HdrHistogram.Histogram;

/** Latencies of single calls, in nanoseconds. */
final class CellLatency {

    /** The longest told from longer ones. */
    private static final long NANOS_MAX = 10_000_000_000L;

    /** What is above this is counted as slow. */
    private static final long SLOW_NANOS = 1_000;

    private CellLatency() {}

    static Histogram histogram() {
        return new Histogram(NANOS_MAX, LatencyRecorder.DIGITS);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(nanos, NANOS_MAX));
    }

    /** The share of calls that took more than 1 µs, from 0 to 1. */
    static double slowShare(Histogram histogram) {
        long count = histogram.getTotalCount();
        return count == 0 ? 0 : 1 - (double) histogram.getCountBetweenValues(0, SLOW_NANOS) / count;
    }
}
