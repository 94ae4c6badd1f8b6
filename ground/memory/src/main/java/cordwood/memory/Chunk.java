package cordwood.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One native allocation, divided into granules. Not thread-safe: guarded by the lock of {@link
 * Chunks}.
 */
final class Chunk {

    static final int GRANULE_BYTES = 1 << 16;

    /** What granules start on; the C library promises 16. */
    static final int ALIGNMENT_BYTES = 64;

    private final Arena arena;
    private final MemorySegment memory;
    private final long nativeBytes;
    private final int granules;
    private final BitSet taken;
    private int takenCount;
    private long emptySinceNanos = System.nanoTime();

    /** No run of free granules is longer: saves looking for one again. */
    private int runMax;

    // Of the ChunkShelf, and of the ChunkStock while it is being given back.
    @Nullable Chunk previous;
    @Nullable Chunk next;
    int level;
    long leavingNumber;

    Chunk(Arena arena, MemorySegment whole) {
        this.arena = arena;
        this.nativeBytes = whole.byteSize();
        this.granules = granulesIn(nativeBytes);
        long skipBytes = -whole.address() & (ALIGNMENT_BYTES - 1);
        this.memory = whole.asSlice(skipBytes, (long) granules * GRANULE_BYTES);
        this.taken = new BitSet(granules);
        this.runMax = granules;
    }

    /** Granules a chunk of {@code nativeBytes} holds once it is aligned. */
    static int granulesIn(long nativeBytes) {
        return Math.toIntExact((nativeBytes - ALIGNMENT_BYTES) / GRANULE_BYTES);
    }

    /** What to allocate for a chunk of {@code granules}. */
    static long nativeBytes(long granules) {
        return granules * GRANULE_BYTES + ALIGNMENT_BYTES;
    }

    long nativeBytes() {
        return nativeBytes;
    }

    int granules() {
        return granules;
    }

    int freeGranules() {
        return granules - takenCount;
    }

    boolean isEmpty() {
        return takenCount == 0;
    }

    long emptySinceNanos() {
        return emptySinceNanos;
    }

    /**
     * Where {@code count} free granules in a row are, or −1: single ones at the low end, runs at
     * the high end, so that small pieces do not break up the room for large ones.
     */
    int find(int count) {
        if (count > runMax) {
            return -1;
        }
        int first = count == 1 ? lowest() : highestRun(count);
        if (first < 0) {
            runMax = count - 1;
        }
        return first;
    }

    void take(int first, int count) {
        taken.set(first, first + count);
        takenCount += count;
    }

    void giveBack(int first, int count) {
        taken.clear(first, first + count);
        takenCount -= count;
        runMax = granules;
        if (takenCount == 0) {
            emptySinceNanos = System.nanoTime();
        }
    }

    /** Whether the native memory is there: false once a close has succeeded. */
    boolean isAlive() {
        return arena.scope().isAlive();
    }

    MemorySegment slice(int first, long bytes) {
        return memory.asSlice((long) first * GRANULE_BYTES, bytes, ALIGNMENT_BYTES);
    }

    /** Frees the native memory. Throws when a system call still uses it: then it is all there. */
    void close() {
        arena.close();
    }

    private int lowest() {
        int first = taken.nextClearBit(0);
        return first < granules ? first : -1;
    }

    private int highestRun(int count) {
        int end = granules;
        while (end >= count) {
            int lastTaken = taken.previousSetBit(end - 1);
            if (end - 1 - lastTaken >= count) {
                return end - count;
            }
            end = lastTaken < 0 ? 0 : taken.previousClearBit(lastTaken) + 1;
        }
        return -1;
    }
}
