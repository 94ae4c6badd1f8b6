package cordwood.bench.run;

/**
 * What was acknowledged.
 *
 * @param recordCount records
 * @param batchCount batches
 * @param bodyBytes bytes of the records' bodies
 */
record Written(long recordCount, long batchCount, long bodyBytes) {

    /** What came since an earlier count. */
    Written since(Written earlier) {
        return new Written(
                recordCount - earlier.recordCount,
                batchCount - earlier.batchCount,
                bodyBytes - earlier.bodyBytes);
    }
}
