package cordwood.bench.payload;

import cordwood.bench.BenchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The first 40 bytes of a payload file.
 *
 * @param bodyBytes bytes of each record's body
 * @param keyStyle which keys each record carries
 * @param recordsPerBatch records in one batch, unsigned 32 bits
 * @param batchCount batches in the file, unsigned 32 bits
 * @param seed the seed the file was generated from
 */
public record PayloadFileHeader(
        long bodyBytes, KeyStyle keyStyle, long recordsPerBatch, long batchCount, long seed) {

    /** The header in its stored form. */
    ByteBuffer encode() {
        return ByteBuffer.allocate(PayloadFileDescriptor.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(PayloadFileDescriptor.MAGIC_OFFSET, PayloadFileDescriptor.MAGIC)
                .putInt(PayloadFileDescriptor.VERSION_OFFSET, PayloadFileDescriptor.VERSION)
                .putInt(PayloadFileDescriptor.PAYLOAD_SIZE_OFFSET, (int) bodyBytes)
                .put(PayloadFileDescriptor.KEY_STYLE_OFFSET, (byte) keyStyle.tag())
                .putInt(PayloadFileDescriptor.BATCH_SIZE_OFFSET, (int) recordsPerBatch)
                .putInt(PayloadFileDescriptor.NUM_BATCHES_OFFSET, (int) batchCount)
                .putLong(PayloadFileDescriptor.SEED_OFFSET, seed);
    }

    /**
     * Reads a header from 40 bytes.
     *
     * @param file named in refusals
     */
    static PayloadFileHeader decode(ByteBuffer bytes, Path file) {
        ByteBuffer header = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (header.getLong(PayloadFileDescriptor.MAGIC_OFFSET) != PayloadFileDescriptor.MAGIC) {
            throw refused(
                    file,
                    PayloadFileDescriptor.MAGIC_OFFSET,
                    "not a payload file: it does not begin with RSBENCH");
        }
        int version = header.getInt(PayloadFileDescriptor.VERSION_OFFSET);
        if (version != PayloadFileDescriptor.VERSION) {
            throw refused(
                    file,
                    PayloadFileDescriptor.VERSION_OFFSET,
                    "version %s, and only version %d is known"
                            .formatted(
                                    Integer.toUnsignedString(version),
                                    PayloadFileDescriptor.VERSION));
        }
        int tag = Byte.toUnsignedInt(header.get(PayloadFileDescriptor.KEY_STYLE_OFFSET));
        KeyStyle keyStyle = KeyStyle.ofTag(tag);
        if (keyStyle == null) {
            throw refused(
                    file,
                    PayloadFileDescriptor.KEY_STYLE_OFFSET,
                    "key style " + tag + " is unknown (0 to 3 are)");
        }
        return new PayloadFileHeader(
                Integer.toUnsignedLong(header.getInt(PayloadFileDescriptor.PAYLOAD_SIZE_OFFSET)),
                keyStyle,
                Integer.toUnsignedLong(header.getInt(PayloadFileDescriptor.BATCH_SIZE_OFFSET)),
                Integer.toUnsignedLong(header.getInt(PayloadFileDescriptor.NUM_BATCHES_OFFSET)),
                header.getLong(PayloadFileDescriptor.SEED_OFFSET));
    }

    /** Bytes of one record with its keys. */
    long recordBytes() {
        return keyStyle.keyBytes() + bodyBytes;
    }

    /**
     * The size a file with this header has.
     *
     * @throws ArithmeticException when that is over 2^63
     */
    public long fileBytes() {
        long records = Math.multiplyExact(batchCount, recordsPerBatch);
        return Math.addExact(
                PayloadFileDescriptor.HEADER_BYTES, Math.multiplyExact(records, recordBytes()));
    }

    static BenchException refused(Path file, long offsetBytes, String what) {
        return BenchException.usage(
                "payload file %s, offset %d: %s".formatted(file, offsetBytes, what));
    }
}
