package cordwood.store;

/**
 * The sizes that a store enforces; exceeding one is a {@link StoreException.Invalid} at the call
 * that exceeds it. They are {@link #LOCAL} in every local engine, or less where the memory budget
 * is small: a batch within them fits into the budget when it is alone.
 *
 * @param recordBytesMax largest value of one record, in bytes
 * @param batchBytesMax largest sum of values in one batch, in bytes
 * @param batchRecordsMax most records, trims and attributes in one batch
 */
public record StoreLimits(int recordBytesMax, long batchBytesMax, int batchRecordsMax) {

    /**
     * The limits of a local engine with memory enough: 32 MiB a record, 64 MiB and 1,048,576
     * entries a batch.
     */
    public static final StoreLimits LOCAL = new StoreLimits(32 << 20, 64L << 20, 1 << 20);
}
