package cordwood.store;

/**
 * The sizes that a store refuses to exceed, every engine alike: by a {@link StoreException.Invalid}
 * at the call that would exceed one, which leaves the batch as it was. A batch within them is
 * admitted, alone where it takes more than may be in flight, though it may be {@link
 * StoreException.Busy} where memory is short.
 *
 * @param recordBytesMax largest value of one record, in bytes
 * @param batchBytesMax largest sum of values in one batch, in bytes
 * @param batchRecordsMax most records, trims and attributes in one batch
 */
public record StoreLimits(int recordBytesMax, long batchBytesMax, int batchRecordsMax) {

    /**
     * The limits of every local engine, unless its memory budget is too small for them: 32 MiB a
     * record, 64 MiB and 1,048,576 entries a batch.
     */
    public static final StoreLimits LOCAL = new StoreLimits(32 << 20, 64L << 20, 1 << 20);
}
