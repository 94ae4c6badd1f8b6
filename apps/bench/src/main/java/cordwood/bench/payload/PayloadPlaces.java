package cordwood.bench.payload;

/**
 * Which record of a pool stands at a position of a stream: the same for every writer and whoever
 * reads it back, so that what is read can be held against it, byte by byte. A stream takes the
 * records of the pool in order and around, from a batch that follows from its number.
 *
 * @param batchCount batches in the pool
 * @param recordsPerBatch records in each
 */
public record PayloadPlaces(int batchCount, int recordsPerBatch) {

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    /** The records of the pool. */
    public long recordCount() {
        return (long) batchCount * recordsPerBatch;
    }

    /**
     * The record at a position, from 0 in the order of the pool.
     *
     * @param position from 1
     */
    public int indexAt(long stream, long position) {
        long firstBatch = ((stream * GOLDEN_RATIO) >>> 32) % batchCount;
        return (int) ((firstBatch * recordsPerBatch + position - 1) % recordCount());
    }
}
