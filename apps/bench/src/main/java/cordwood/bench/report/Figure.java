package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A figure of a run that runs are compared by. Its key is the name in gates and tables. */
public enum Figure {
    /** Records acknowledged per second. */
    RECORDS_PER_SECOND("records_per_second", true),
    /** Batches acknowledged per second. */
    BATCHES_PER_SECOND("batches_per_second", true),
    /** Body bytes acknowledged, in 10^6 a second. */
    PAYLOAD_MB_PER_SECOND("payload_mb_per_second", true),
    /** Latency percentiles, in microseconds. */
    P50("latency_us.p50", false),
    /** See {@link #P50}. */
    P90("latency_us.p90", false),
    /** See {@link #P50}. */
    P95("latency_us.p95", false),
    /** See {@link #P50}. */
    P99("latency_us.p99", false),
    /** See {@link #P50}. */
    P999("latency_us.p999", false),
    /** See {@link #P50}. */
    P9999("latency_us.p9999", false),
    /** The largest latency, in microseconds. */
    MAX("latency_us.max", false),
    /** Processor time, user and system, per record, in microseconds. */
    CPU_US_PER_RECORD("", false),
    /** Most physical memory of the process. */
    RSS_PEAK_BYTES("memory.rss_peak_bytes", false),
    /** Bytes written to files per body byte, with zeros that take room. */
    WRITE_AMPLIFICATION("io.write_amplification", false),
    /** The same without those zeros, which a store costs once. */
    STEADY_WRITE_AMPLIFICATION("io.steady_write_amplification", false),
    /** Bytes of files per body byte. */
    SPACE_AMPLIFICATION("io.space_amplification", false),
    /** Time the engine held writes back. */
    STALL_SECONDS("io.stall_seconds", false),
    /** Blocks that a read looked up, in the cache or past it. */
    BLOCK_LOOKUPS_PER_READ("read.block_lookups_per_read", false);

    /** The figures that tables show. */
    static final List<Figure> SHOWN =
            List.of(
                    RECORDS_PER_SECOND,
                    PAYLOAD_MB_PER_SECOND,
                    P50,
                    P99,
                    P999,
                    MAX,
                    CPU_US_PER_RECORD,
                    RSS_PEAK_BYTES,
                    WRITE_AMPLIFICATION,
                    STEADY_WRITE_AMPLIFICATION,
                    STALL_SECONDS,
                    BLOCK_LOOKUPS_PER_READ);

    private final String path;
    private final boolean higherIsBetter;

    Figure(String path, boolean higherIsBetter) {
        this.path = path;
        this.higherIsBetter = higherIsBetter;
    }

    /** The name in gates, tables and comparisons: {@code records_per_second}, {@code p99}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where a run has it; empty for one that is reckoned. */
    String path() {
        return path;
    }

    /** Whether more of it is better. */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** The figure of a run, NaN where the run has none. */
    public double of(JsonObject run) {
        if (this == CPU_US_PER_RECORD) {
            double seconds =
                    run.numberOrNaN("cpu.user_seconds") + run.numberOrNaN("cpu.system_seconds");
            return seconds * 1e6 / run.numberOrNaN("records");
        }
        return run.numberOrNaN(path);
    }

    /** The keys of all figures. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(Figure::key).toList();
    }
}
