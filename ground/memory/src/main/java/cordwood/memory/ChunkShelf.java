package cordwood.memory;

import org.jspecify.annotations.Nullable;

/**
 * The chunks of {@link Chunks} in order of how full they are, so that the fullest that has room
 * serves first and sparse ones run empty. Moving a chunk is a change of a few links and allocates
 * nothing.
 *
 * <p>Not thread-safe: guarded by the lock of {@link Chunks}.
 */
final class ChunkShelf {

    /*
     * A list for each level: 0 is full, 1 to 62 by the share that is free, 63 is empty. Within a
     * level the order is that of arrival, the last first.
     */

    private static final int EMPTY = 63;

    private final @Nullable Chunk[] heads = new @Nullable Chunk[EMPTY + 1];

    /** The chunk that has been empty for the longest time. */
    private @Nullable Chunk oldestEmpty;

    private long levelsInUse;
    private long freeGranules;
    private long takenGranules;
    private long emptyBytes;
    private int emptyCount;

    /** Free granules of all chunks. */
    long freeGranules() {
        return freeGranules;
    }

    long takenGranules() {
        return takenGranules;
    }

    /** Native bytes of the empty chunks. */
    long emptyBytes() {
        return emptyBytes;
    }

    int emptyCount() {
        return emptyCount;
    }

    @Nullable Chunk oldestEmpty() {
        return oldestEmpty;
    }

    /** Puts a chunk on the shelf. */
    void add(Chunk chunk) {
        freeGranules += chunk.freeGranules();
        takenGranules += chunk.granules() - chunk.freeGranules();
        link(chunk, level(chunk));
    }

    /** Takes a chunk off the shelf. */
    void remove(Chunk chunk) {
        freeGranules -= chunk.freeGranules();
        takenGranules -= chunk.granules() - chunk.freeGranules();
        unlink(chunk);
    }

    /** The fullest chunk with {@code granules} free ones in a row. */
    @Nullable Chunk find(int granules) {
        long levels = levelsInUse & -2L;
        while (levels != 0) {
            int level = Long.numberOfTrailingZeros(levels);
            levels &= levels - 1;
            for (Chunk chunk = heads[level]; chunk != null; chunk = chunk.next) {
                if (chunk.find(granules) >= 0) {
                    return chunk;
                }
            }
        }
        return null;
    }

    /** Whether the chunks that serve after {@code chunk} together have so many native bytes. */
    boolean hasBehind(Chunk chunk, long bytes) {
        long leftBytes = bytes;
        for (int level = EMPTY; level > chunk.level && leftBytes > 0; level--) {
            for (Chunk behind = heads[level]; behind != null && leftBytes > 0; ) {
                leftBytes -= behind.nativeBytes();
                behind = behind.next;
            }
        }
        for (Chunk behind = chunk.next; behind != null && leftBytes > 0; behind = behind.next) {
            leftBytes -= behind.nativeBytes();
        }
        return leftBytes <= 0;
    }

    void take(Chunk chunk, int first, int granules) {
        chunk.take(first, granules);
        freeGranules -= granules;
        takenGranules += granules;
        move(chunk);
    }

    void giveBack(Chunk chunk, int first, int granules) {
        chunk.giveBack(first, granules);
        freeGranules += granules;
        takenGranules -= granules;
        move(chunk);
    }

    private void move(Chunk chunk) {
        int level = level(chunk);
        if (level != chunk.level) {
            unlink(chunk);
            link(chunk, level);
        }
    }

    private static int level(Chunk chunk) {
        if (chunk.isEmpty()) {
            return EMPTY;
        }
        long free = chunk.freeGranules();
        return free == 0 ? 0 : 1 + (int) (free * (EMPTY - 1) / chunk.granules());
    }

    private void link(Chunk chunk, int level) {
        Chunk head = heads[level];
        chunk.level = level;
        chunk.previous = null;
        chunk.next = head;
        if (head != null) {
            head.previous = chunk;
        }
        heads[level] = chunk;
        levelsInUse |= 1L << level;
        if (level == EMPTY) {
            emptyBytes += chunk.nativeBytes();
            emptyCount++;
            if (head == null) {
                oldestEmpty = chunk;
            }
        }
    }

    private void unlink(Chunk chunk) {
        int level = chunk.level;
        Chunk previous = chunk.previous;
        Chunk next = chunk.next;
        if (level == EMPTY) {
            emptyBytes -= chunk.nativeBytes();
            emptyCount--;
            if (next == null) {
                oldestEmpty = previous;
            }
        }
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            heads[level] = next;
            if (next == null) {
                levelsInUse &= ~(1L << level);
            }
        }
        chunk.previous = null;
        chunk.next = null;
    }
}
