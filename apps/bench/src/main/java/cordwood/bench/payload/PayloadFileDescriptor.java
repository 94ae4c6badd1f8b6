package cordwood.bench.payload;

/**
 * Layout of a payload file, all numbers little-endian.
 *
 * <pre>
 *  0        8       12           16        17         21          25   33       40
 *  | magic  |version|payload_size|key_style|batch_size|num_batches|seed|reserved| records …
 * </pre>
 *
 * <p>A record is its keys (0, 8 or 16 bytes) and its body of {@code payload_size} bytes; there is
 * nothing between records or after the last. The numbers are another tool's and fixed for ever.
 */
final class PayloadFileDescriptor {

    /** {@code RSBENCH} and a zero byte, read as one little-endian number. */
    static final long MAGIC = 0x0048434E45425352L;

    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int PAYLOAD_SIZE_OFFSET = 12;
    static final int KEY_STYLE_OFFSET = 16;
    static final int BATCH_SIZE_OFFSET = 17;
    static final int NUM_BATCHES_OFFSET = 21;
    static final int SEED_OFFSET = 25;
    static final int RESERVED_OFFSET = 33;
    static final int HEADER_BYTES = 40;

    private PayloadFileDescriptor() {}
}
