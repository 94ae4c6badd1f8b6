package cordwood.bench.measure;

import cordwood.bench.json.JsonObject;
import org.HdrHistogram.Histogram;

/** A latency as a result file has it. */
public final class LatencyForm {

    private static final double NANOS_PER_MICRO = 1_000;

    private LatencyForm() {}

    /** The percentiles of a histogram of nanoseconds. */
    public static JsonObject of(Histogram nanos) {
        return new JsonObject()
                .put("p50", percentile(nanos, 50))
                .put("p90", percentile(nanos, 90))
                .put("p95", percentile(nanos, 95))
                .put("p99", percentile(nanos, 99))
                .put("p999", percentile(nanos, 99.9))
                .put("p9999", percentile(nanos, 99.99))
                .put("max", nanos.getMaxValue() / NANOS_PER_MICRO)
                .put("mean", nanos.getTotalCount() == 0 ? 0.0 : nanos.getMean() / NANOS_PER_MICRO)
                .put("count", nanos.getTotalCount());
    }

    private static double percentile(Histogram nanos, double percent) {
        return nanos.getValueAtPercentile(percent) / NANOS_PER_MICRO;
    }
}
