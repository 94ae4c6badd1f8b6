package cordwood.lsm.table;

import cordwood.lsm.format.StreamKey;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Follows the keys and positions of a table's stretches, block by block. */
final class BlockOrder {

    private @Nullable StreamKey key;
    private long position;

    // the block
    private @Nullable StreamKey firstKey;
    private long firstPosition;

    /** Begins another block, which goes on where the one before ended. */
    void begin() {
        firstKey = null;
    }

    /**
     * Adds a stretch.
     *
     * @throws IllegalArgumentException when it does not belong behind the one before
     */
    void add(StreamKey of, long first, long last) {
        if (key != null && (of.compareTo(key) < 0 || (of.equals(key) && first <= position))) {
            throw new IllegalArgumentException(
                    "position %d of %s behind %d of %s".formatted(first, of, position, key));
        }
        if (firstKey == null) {
            firstKey = of;
            firstPosition = first;
        }
        key = of;
        position = last;
    }

    /** Whether the block's first and last are those of an entry of the directory. */
    boolean isBlockOf(MemorySegment directory, long entryAt) {
        StreamKey first = firstKey;
        StreamKey last = key;
        return first != null
                && last != null
                && DirectoryEntry.firstTag(directory, entryAt) == first.tag()
                && DirectoryEntry.firstStream(directory, entryAt) == first.stream()
                && DirectoryEntry.firstPosition(directory, entryAt) == firstPosition
                && DirectoryEntry.lastTag(directory, entryAt) == last.tag()
                && DirectoryEntry.lastStream(directory, entryAt) == last.stream()
                && DirectoryEntry.lastPosition(directory, entryAt) == position;
    }
}
