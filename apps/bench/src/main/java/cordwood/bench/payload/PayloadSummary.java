package cordwood.bench.payload;

/**
 * What a pool holds, for headers and for telling whether two runs wrote the same kind of records.
 *
 * @param kind {@code generated}, {@code file} or {@code input}
 * @param bodyBytesMean mean size of a body, in bytes
 * @param entropy the share of random bytes; NaN where it is not known
 * @param keyStyle which keys the records carry
 * @param seed where the generator started
 * @param recordsPerBatch records in one batch
 * @param batchCount batches in the pool
 * @param bodyChecksum CRC32C of all bodies in order
 * @param note what people should know of how the pool came about, possibly empty
 */
public record PayloadSummary(
        String kind,
        double bodyBytesMean,
        double entropy,
        KeyStyle keyStyle,
        long seed,
        int recordsPerBatch,
        int batchCount,
        long bodyChecksum,
        String note) {}
