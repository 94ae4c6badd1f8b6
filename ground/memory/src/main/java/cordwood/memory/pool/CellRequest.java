package cordwood.memory.pool;

/** What may be asked of an allocator of cells. */
final class CellRequest {

    private static final int ALIGNMENT_BYTES_MAX = 4096;

    private CellRequest() {}

    static void check(int bytes, int alignmentBytes) {
        if (bytes <= 0
                || Integer.bitCount(alignmentBytes) != 1
                || alignmentBytes <= 0
                || alignmentBytes > ALIGNMENT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a cell of %d bytes aligned to %d".formatted(bytes, alignmentBytes));
        }
    }
}
