package cordwood.memory;

import java.lang.foreign.Arena;

/** Where chunks come from. A seam, so that tests can make the n-th one fail. */
interface ChunkSource {

    /** Native memory of exactly {@code bytes}, owned by the arena. */
    Chunk allocate(long bytes);

    /** The C library's allocator, through a shared arena. */
    static Chunk system(long bytes) {
        Arena arena = Arena.ofShared();
        try {
            // Alignment 1 keeps the JVM from asking for more than these bytes.
            return new Chunk(arena, arena.allocate(bytes, 1));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }
}
