package cordwood.bench.payload;

import cordwood.loglet.LogRecord;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Batches of records built before a run, which the clients cycle through, so that making records up
 * costs the measured phase nothing. Immutable and shared by all clients.
 */
public final class PayloadPool {

    /** Most batches built from a generator or a payload file. */
    public static final int BATCHES_MAX = 1_024;

    /** What a record costs on the heap beside its body. */
    static final long RECORD_OVERHEAD_BYTES = 128;

    private final List<List<LogRecord>> batches;
    private final PayloadSummary summary;

    PayloadPool(List<List<LogRecord>> batches, PayloadSummary summary) {
        this.batches = List.copyOf(batches);
        this.summary = summary;
    }

    /**
     * Builds the batches of a source.
     *
     * @param heapBytesMax most heap the pool takes, as far as one batch fits
     * @param createdAtNanos the creation time every record carries, since 1970 UTC
     * @throws cordwood.bench.BenchException of kind usage for anything wrong with a file
     */
    public static PayloadPool load(PayloadSource source, long heapBytesMax, long createdAtNanos) {
        return new PayloadPoolBuilder(heapBytesMax, createdAtNanos).build(source);
    }

    /** Batches in the pool, at least 1. */
    public int batchCount() {
        return batches.size();
    }

    /** A batch by its index. */
    public List<LogRecord> batch(int index) {
        return batches.get(index);
    }

    /** A record by its index, counted through all batches. */
    public LogRecord record(int index) {
        int recordsPerBatch = summary.recordsPerBatch();
        return batches.get(index / recordsPerBatch).get(index % recordsPerBatch);
    }

    /** Which of the records stands where. */
    public PayloadPlaces places() {
        return new PayloadPlaces(batches.size(), summary.recordsPerBatch());
    }

    /** Heap that the largest batch takes. */
    public long batchHeapBytesMax() {
        long most = 0;
        for (List<LogRecord> batch : batches) {
            most = Math.max(most, bodyBytes(batch) + batch.size() * RECORD_OVERHEAD_BYTES);
        }
        return most;
    }

    /** What the pool holds. */
    public PayloadSummary summary() {
        return summary;
    }

    /** Bytes of the bodies of some records. */
    public static long bodyBytes(List<LogRecord> records) {
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            bytes += records.get(i).body().byteSize();
        }
        return bytes;
    }

    static long checksum(List<List<LogRecord>> batches) {
        CRC32C crc = new CRC32C();
        for (List<LogRecord> batch : batches) {
            for (LogRecord record : batch) {
                MemorySegment body = record.body();
                crc.update(body.asByteBuffer());
            }
        }
        return crc.getValue();
    }
}
