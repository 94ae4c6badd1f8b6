package cordwood.bench.payload;

import cordwood.bench.BenchException;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads the batches of a payload file. Everything the header says is checked against the limits and
 * against the size of the file before memory is taken for it. Confined to one thread.
 */
final class PayloadFileReader implements AutoCloseable {

    private final DiskFile file;
    private final PayloadFileHeader header;
    private long offsetBytes = PayloadFileDescriptor.HEADER_BYTES;

    private PayloadFileReader(DiskFile file, PayloadFileHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file whose batches must hold {@code recordsPerBatch} records.
     *
     * @throws BenchException of kind usage, naming file and offset, for anything wrong with it
     */
    static PayloadFileReader open(Path path, long recordsPerBatch) {
        DiskFile file;
        try {
            file = Disk.real().openReadOnly(path);
        } catch (FileFailure e) {
            throw BenchException.usage("payload file: " + e.getMessage(), e);
        }
        boolean good = false;
        try {
            PayloadFileHeader header = readHeader(file);
            check(header, file, recordsPerBatch);
            good = true;
            return new PayloadFileReader(file, header);
        } catch (FileFailure e) {
            throw BenchException.usage("payload file: " + e.getMessage(), e);
        } finally {
            if (!good) {
                file.close();
            }
        }
    }

    private static PayloadFileHeader readHeader(DiskFile file) {
        ByteBuffer bytes = ByteBuffer.allocate(PayloadFileDescriptor.HEADER_BYTES);
        int read = file.read(0, bytes);
        if (read < PayloadFileDescriptor.HEADER_BYTES) {
            throw PayloadFileHeader.refused(
                    file.path(),
                    read,
                    "the file ends inside its header of "
                            + PayloadFileDescriptor.HEADER_BYTES
                            + " bytes");
        }
        return PayloadFileHeader.decode(bytes.flip(), file.path());
    }

    private static void check(PayloadFileHeader header, DiskFile file, long recordsPerBatch) {
        Path path = file.path();
        if (header.batchCount() == 0) {
            throw PayloadFileHeader.refused(
                    path, PayloadFileDescriptor.NUM_BATCHES_OFFSET, "it holds no batches");
        }
        if (header.recordsPerBatch() != recordsPerBatch) {
            throw PayloadFileHeader.refused(
                    path,
                    PayloadFileDescriptor.BATCH_SIZE_OFFSET,
                    "its batches hold %d records, and --records-per-batch is %d"
                            .formatted(header.recordsPerBatch(), recordsPerBatch));
        }
        if (header.bodyBytes() > PayloadSpec.BODY_BYTES_MAX) {
            throw PayloadFileHeader.refused(
                    path,
                    PayloadFileDescriptor.PAYLOAD_SIZE_OFFSET,
                    "records of %d bytes are over the limit of %d"
                            .formatted(header.bodyBytes(), PayloadSpec.BODY_BYTES_MAX));
        }
        PayloadSpec.requireBatchFits(header.recordsPerBatch(), header.bodyBytes());
        checkSize(header, path, file.sizeBytes());
    }

    private static void checkSize(PayloadFileHeader header, Path path, long sizeBytes) {
        long expectedBytes;
        try {
            expectedBytes = header.fileBytes();
        } catch (ArithmeticException _) {
            expectedBytes = Long.MAX_VALUE;
        }
        if (expectedBytes != sizeBytes) {
            throw PayloadFileHeader.refused(
                    path,
                    Math.min(sizeBytes, expectedBytes),
                    "the file has %d bytes, and its header says %d (%s)"
                            .formatted(
                                    sizeBytes,
                                    expectedBytes,
                                    sizeBytes < expectedBytes ? "truncated" : "too long"));
        }
    }

    PayloadFileHeader header() {
        return header;
    }

    /** Where the next batch begins. */
    long offsetBytes() {
        return offsetBytes;
    }

    /**
     * Reads the next batch, keys and bodies as stored.
     *
     * @param target exactly one batch long
     */
    void readBatch(byte[] target) {
        int read;
        try {
            read = file.read(offsetBytes, ByteBuffer.wrap(target));
        } catch (FileFailure e) {
            throw BenchException.usage("payload file: " + e.getMessage(), e);
        }
        if (read < target.length) {
            throw PayloadFileHeader.refused(
                    file.path(), offsetBytes + read, "the file was cut short while it was read");
        }
        offsetBytes += read;
    }

    @Override
    public void close() {
        file.close();
    }
}
