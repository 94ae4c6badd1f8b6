package cordwood.memory;

/**
 * How much memory there is and in what pieces it is taken.
 *
 * @param budgetBytes the hard cap
 * @param chunkBytes what is taken from the system at once; chunks smaller than 32 MiB take as much
 *     address space as that besides, and when the budget holds more than 1,024 of those, or is
 *     checked, the C library may keep some of what is freed
 * @param checked whether every region is native memory of its own, closed with it, so that a
 *     segment kept over the close throws instead of reading what the next owner writes
 */
public record MemoryOptions(long budgetBytes, long chunkBytes, boolean checked) {

    private static final long CHUNK_BYTES = 32L << 20;
    private static final long CHUNK_BYTES_MIN = 1L << 20;
    private static final long CHUNK_BYTES_MAX = 1L << 40;

    /** Validates: a chunk has room for a granule, and 1 TiB at most. */
    public MemoryOptions {
        boolean chunks = chunkBytes >= Chunk.nativeBytes(1) && chunkBytes <= CHUNK_BYTES_MAX;
        if (budgetBytes <= 0 || !chunks) {
            throw new IllegalArgumentException(
                    "a budget of %d bytes in chunks of %d".formatted(budgetBytes, chunkBytes));
        }
    }

    /** Chunks of 32 MiB, or an eighth of a budget too small for that, but at least 1 MiB. */
    public static MemoryOptions ofBudget(long budgetBytes) {
        long share = Math.max(CHUNK_BYTES_MIN, Long.highestOneBit(Math.max(1, budgetBytes / 8)));
        return new MemoryOptions(budgetBytes, Math.min(CHUNK_BYTES, share), false);
    }

    /** The same, checked or not. */
    public MemoryOptions withChecked(boolean check) {
        return new MemoryOptions(budgetBytes, chunkBytes, check);
    }
}
