package cordwood.bench.payload;

import cordwood.bench.BenchException;
import cordwood.store.StoreLimits;

/**
 * What generated records look like. The same spec gives the same records, in memory and in a file.
 *
 * @param bodyBytes bytes of each record's body, 0 to {@link #BODY_BYTES_MAX}
 * @param entropy the share of a body that is random, 0 (all zeros) to 1; the rest is zeros
 * @param keyStyle which keys each record carries
 * @param seed where the generator starts; any value
 * @param recordsPerBatch records in one batch, at least 1
 */
public record PayloadSpec(
        int bodyBytes, double entropy, KeyStyle keyStyle, long seed, int recordsPerBatch) {

    /** Largest body: what every engine takes in one record, less room for a model's header. */
    public static final int BODY_BYTES_MAX = StoreLimits.LOCAL.recordBytesMax() - 64;

    /** Checks every range and that a batch fits what engines take. */
    public PayloadSpec {
        if (bodyBytes < 0 || bodyBytes > BODY_BYTES_MAX) {
            throw BenchException.usage(
                    "a payload size of %d bytes is outside 0 to %d"
                            .formatted(bodyBytes, BODY_BYTES_MAX));
        }
        if (!(entropy >= 0 && entropy <= 1)) {
            throw BenchException.usage("an entropy of " + entropy + " is outside 0 to 1");
        }
        requireBatchFits(recordsPerBatch, bodyBytes);
    }

    /** Random bytes at the start of each body. */
    int randomBytes() {
        return (int) Math.ceil(bodyBytes * entropy);
    }

    /** Bytes of all bodies of one batch. */
    public long batchBodyBytes() {
        return (long) bodyBytes * recordsPerBatch;
    }

    /** Refuses a batch that no engine would take. */
    static void requireBatchFits(long recordsPerBatch, long bodyBytes) {
        StoreLimits limits = StoreLimits.LOCAL;
        if (recordsPerBatch < 1 || recordsPerBatch > limits.batchRecordsMax() / 2) {
            throw BenchException.usage(
                    "%d records per batch is outside 1 to %d"
                            .formatted(recordsPerBatch, limits.batchRecordsMax() / 2));
        }
        long batchBytes = recordsPerBatch * (bodyBytes + 64);
        if (batchBytes > limits.batchBytesMax()) {
            throw BenchException.usage(
                    "a batch of %d records of %d bytes is over the %d bytes a store takes in one batch"
                            .formatted(recordsPerBatch, bodyBytes, limits.batchBytesMax()));
        }
    }
}
