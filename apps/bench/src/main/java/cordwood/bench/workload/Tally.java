package cordwood.bench.workload;

/**
 * What was done: written and acknowledged, or read and found right.
 *
 * @param recordCount records
 * @param batchCount batches; of readers reads, each a walk of a cursor
 * @param bodyBytes bytes of the records' bodies
 */
public record Tally(long recordCount, long batchCount, long bodyBytes) {

    /** Nothing. */
    public static final Tally NONE = new Tally(0, 0, 0);

    /** What came since an earlier count. */
    public Tally since(Tally earlier) {
        return new Tally(
                recordCount - earlier.recordCount,
                batchCount - earlier.batchCount,
                bodyBytes - earlier.bodyBytes);
    }

    /** Both together. */
    public Tally plus(Tally other) {
        return new Tally(
                recordCount + other.recordCount,
                batchCount + other.batchCount,
                bodyBytes + other.bodyBytes);
    }
}
