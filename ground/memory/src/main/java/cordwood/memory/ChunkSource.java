package cordwood.memory;

import java.lang.foreign.Arena;

/** Where chunks come from. A seam, so that tests can make the n-th one fail. */
interface ChunkSource {

    /**
     * From here up the C library maps and unmaps each allocation. Smaller ones it may put into a
     * heap that it keeps, one for every thread.
     */
    long MAPPED_BYTES_MIN = 32L << 20;

    /**
     * So many chunks at most are mapped when they need not be: each is a line in a table of the OS.
     */
    int MAPPED_CHUNKS_MAX = 1 << 10;

    /** Native memory of exactly {@code bytes}, owned by the arena. */
    Chunk allocate(long bytes);

    /** What suits the options: mapped memory where that is not too many mappings. */
    static ChunkSource of(MemoryOptions options) {
        boolean few = options.budgetBytes() / options.chunkBytes() <= MAPPED_CHUNKS_MAX;
        return few && !options.checked() ? ChunkSource::mapped : ChunkSource::system;
    }

    /** The C library's allocator, through a shared arena. */
    static Chunk system(long bytes) {
        // Alignment 1 keeps the JVM from asking for more than these bytes.
        return aligned(bytes, 1);
    }

    /**
     * As {@link #system}, but mapped and unmapped whatever its size: aligned so strictly that the
     * JVM asks for enough. Of what it asks for it touches only these bytes; the rest is address
     * space, and no memory.
     */
    static Chunk mapped(long bytes) {
        return aligned(bytes, bytes < MAPPED_BYTES_MIN ? MAPPED_BYTES_MIN : 1);
    }

    private static Chunk aligned(long bytes, long alignmentBytes) {
        Arena arena = Arena.ofShared();
        try {
            return new Chunk(arena, arena.allocate(bytes, alignmentBytes));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }
}
