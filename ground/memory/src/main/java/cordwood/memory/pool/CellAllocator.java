package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;

/**
 * Gives out off-heap cells by handle. A handle is opaque, never 0, and never given out twice.
 *
 * <p>A handle may go to any thread the way any value does: with a happens-before edge. Every method
 * checks the handle it is given and throws {@link BadHandle} when its cell was freed or is not of
 * this pool; nothing has happened then. After the pool's close every method throws {@link
 * IllegalStateException}, for the handle 0 too; a use that meets the close may throw {@link
 * BadHandle}.
 *
 * <p>An {@link Error} in the middle of a method, a stack or heap without room, leaves the pool as
 * sound as before: nothing stays taken that nobody has a handle of.
 */
public interface CellAllocator {

    /** What cells start on unless asked otherwise. */
    int ALIGNMENT_BYTES = 8;

    /**
     * A cell of at least {@code bytes}, starting on 8 bytes. Its contents are undefined.
     *
     * @throws IllegalArgumentException when {@code bytes} is not positive
     * @throws cordwood.memory.MemoryRefused when there is no memory for it, after everybody who has
     *     memory to spare was asked
     */
    default long allocate(int bytes) {
        return allocate(bytes, ALIGNMENT_BYTES);
    }

    /** As {@link #allocate(int)}, starting on {@code alignmentBytes}: a power of two up to 4096. */
    long allocate(int bytes, int alignmentBytes);

    /**
     * Frees a cell; 0 is ignored. Views of it must not be used any more. A retired cell cannot be
     * freed: {@link BadHandle}.
     *
     * @throws IllegalStateException in checked mode, while a system call uses a view of the cell,
     *     which is as before
     */
    void free(long handle);

    /**
     * Frees a cell once no epoch pin of now is left; 0 is ignored. Until then the handle still
     * works, for those who are pinned, but can be neither freed nor retired again. Takes no memory.
     */
    void retire(long handle);

    /**
     * A cell of at least {@code bytes} with the same contents, on the same alignment: the same one
     * while the size fits it well, or else another, and the old one is freed. Views of the old one
     * are not valid after.
     *
     * @throws cordwood.memory.MemoryRefused when there is no memory for it: the old cell is as
     *     before
     * @throws IllegalStateException in checked mode, while a system call uses a view of the cell,
     *     which is as before
     */
    long resize(long handle, int bytes);

    /**
     * The bytes of a cell, all {@link #cellBytes} of them. Valid until the cell is freed: used
     * later it is not noticed, except in checked mode, and reads what the next user writes.
     */
    MemorySegment view(long handle);

    /** How many bytes the cell has: at least what was asked for. */
    int cellBytes(long handle);
}
