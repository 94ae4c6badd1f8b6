package cordwood.bench.run;

import cordwood.bench.BenchException;

/**
 * Where records of {@code write-throughput} go, and how many stay.
 *
 * @param streamCount streams of the store, written directly, 1 to {@link #STREAMS_MAX}; 0 where
 *     loglets are written
 * @param skew 0 where records go round-robin over the streams; else the exponent of Zipf's law, up
 *     to {@link #SKEW_MAX}: a stream's share falls with its number to this power
 * @param recordsPerSecond most records a second, 0 for as fast as they are taken
 * @param trimLagRecords records that a stream keeps behind its tail, 0 for all
 */
public record WritePattern(
        int streamCount, double skew, long recordsPerSecond, long trimLagRecords) {

    /** Most streams of one run: their tails are kept on the heap. */
    public static final int STREAMS_MAX = 10_000_000;

    /** Largest exponent: nearly everything goes to the first stream. */
    public static final double SKEW_MAX = 5;

    /** Loglets, as fast as they take records, which stay. */
    public static final WritePattern LOGLETS = new WritePattern(0, 0, 0, 0);

    /** Checks the ranges. */
    public WritePattern {
        if (streamCount < 0 || streamCount > STREAMS_MAX) {
            throw BenchException.usage(
                    "%d streams is outside 1 to %d".formatted(streamCount, STREAMS_MAX));
        }
        if (!(skew >= 0 && skew <= SKEW_MAX)) {
            throw BenchException.usage(
                    "a skew of %s is outside 0 to %.0f".formatted(skew, SKEW_MAX));
        }
        if (recordsPerSecond < 0 || trimLagRecords < 0) {
            throw BenchException.usage("neither a rate nor a trim lag can be negative");
        }
    }

    /** Whether streams are written directly. */
    public boolean isOfStreams() {
        return streamCount > 0;
    }
}
