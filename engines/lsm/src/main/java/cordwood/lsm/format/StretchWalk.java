package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;

/**
 * A walk over what one place, a memtable's list or a table, holds of one stream, in one direction.
 * A flyweight: {@link #seek} starts it anew. Confined to one thread.
 *
 * <p>After a seek only a bound of the first position is known; {@link #load} finds the record, so
 * that a merge need not touch places it never gets to.
 */
public abstract class StretchWalk {

    private final StretchRecords records = new StretchRecords();
    private boolean forward;
    private boolean ended = true;
    private boolean loaded;
    private long position;
    private int index;

    /** For subclasses: a walk that has ended. */
    protected StretchWalk() {}

    /**
     * Starts at the record nearest to a position in the direction of the walk, which may be at it.
     */
    public final void seek(long from, boolean rising) {
        forward = rising;
        loaded = false;
        position = from;
        ended = !findBound(from, rising);
    }

    /** Whether there is nothing more. */
    public final boolean ended() {
        return ended;
    }

    /** Whether {@link #position()} is that of a record, and not only a bound of it. */
    public final boolean loaded() {
        return loaded;
    }

    /** Position of the current record, or a bound: the record is there or further on. */
    public final long position() {
        return position;
    }

    /** Finds the record at or beyond the bound. Only while not {@link #ended()}. */
    public final void load() {
        boolean found = loadFirst(position, forward, records);
        while (found) {
            index = forward ? records.ceiling(position) : records.floor(position);
            if (index >= 0 && index < records.count()) {
                settle();
                return;
            }
            found = loadNext(forward, records);
        }
        ended = true;
    }

    /** Moves on. Only while {@link #loaded()}. */
    public final void next() {
        index += forward ? 1 : -1;
        if (index < 0 || index >= records.count()) {
            if (!loadNext(forward, records)) {
                ended = true;
                return;
            }
            index = forward ? 0 : records.count() - 1;
        }
        position = records.position(index);
    }

    private void settle() {
        loaded = true;
        position = records.position(index);
    }

    /** Where the current value lies. Only while {@link #loaded()}. */
    public final MemorySegment segment() {
        return records.segment();
    }

    /** Offset of the current value in {@link #segment()}. */
    public final long valueAt() {
        return records.valueAt(index);
    }

    /** Length of the current value. */
    public final int valueBytes() {
        return records.valueBytes(index);
    }

    /**
     * Tells which of two records at one position of the same memtable came later: the one with the
     * greater number.
     */
    public abstract long arrival();

    /** Lets go of what the walk pinned. It may be started again. */
    public void release() {
        ended = true;
    }

    /** Narrows the bound with {@link #bound}; false when nothing can be there. */
    protected abstract boolean findBound(long from, boolean rising);

    /** For {@link #findBound}: the first record is at this position or further on. */
    protected final void bound(long nearest) {
        position = nearest;
    }

    /** Loads the first stretch that may hold a record at or beyond a position. */
    protected abstract boolean loadFirst(long from, boolean rising, StretchRecords into);

    /** Loads the stretch behind the one loaded last, in the direction of the walk. */
    protected abstract boolean loadNext(boolean rising, StretchRecords into);
}
