package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A walk over what one place, a memtable's list or a table, holds of one stream, in one direction.
 * A flyweight: {@link #seek} starts it anew. Confined to one thread.
 *
 * <p>After a seek only a bound of the first position is known; {@link #load} finds the record, so
 * that a merge need not touch places it never gets to. A walk that had to let go of its record
 * knows its position still, and loads it again.
 */
public abstract class StretchWalk {

    private static final StretchRecords NONE = new StretchRecords();

    private StretchRecords records = NONE; // the subclass's, while loaded
    private boolean forward;
    private boolean ended = true;
    private boolean found;
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
        found = false;
        loaded = false;
        position = from;
        ended = !findBound(from, rising);
    }

    /** Whether there is nothing more. */
    public final boolean ended() {
        return ended;
    }

    /** Whether {@link #position()} is that of a record, and not only a bound of it. */
    public final boolean found() {
        return found;
    }

    /** Whether the record is in memory. */
    public final boolean loaded() {
        return loaded;
    }

    /** Position of the current record, or a bound: the record is there or further on. */
    public final long position() {
        return position;
    }

    /** Finds the record at or beyond the position. Only while not {@link #ended()}. */
    public final void load() {
        StretchRecords in = loadFirst(position, forward);
        while (in != null) {
            index = forward ? in.ceiling(position) : in.floor(position);
            if (index >= 0 && index < in.count()) {
                records = in;
                position = in.position(index);
                found = true;
                loaded = true;
                return;
            }
            in = loadNext(forward);
        }
        ended = true;
    }

    /** Moves on. Only while {@link #loaded()}, or where it was unloaded {@link #isAtEdge}. */
    public final void next() {
        index += forward ? 1 : -1;
        if (index < 0 || index >= records.count()) {
            StretchRecords in = loadNext(forward);
            if (in == null) {
                ended = true;
                return;
            }
            records = in;
            loaded = true;
            index = forward ? 0 : in.count() - 1;
        }
        position = records.position(index);
    }

    /** Moves beyond the position, as far as that is known without reading. */
    public final void pass() {
        if (loaded) {
            next();
            return;
        }
        found = false;
        if (position == (forward ? Long.MAX_VALUE : Long.MIN_VALUE)) {
            ended = true;
        } else {
            position += forward ? 1 : -1;
        }
    }

    /** For subclasses: the record is in memory no more. */
    protected final void unload() {
        records = NONE;
        loaded = false;
    }

    /** Whether the next record is in another block than this one. Only while {@link #loaded()}. */
    public final boolean isAtEdge() {
        return index == (forward ? records.count() - 1 : 0) && isLastInBlock(forward);
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

    /** Whether the stretch loaded last ends a block that is had in memory by itself. */
    protected boolean isLastInBlock(boolean rising) {
        return false;
    }

    /** The first stretch that may hold a record at or beyond a position, or null. */
    protected abstract @Nullable StretchRecords loadFirst(long from, boolean rising);

    /** The stretch behind the one loaded last, in the direction of the walk, or null. */
    protected abstract @Nullable StretchRecords loadNext(boolean rising);
}
