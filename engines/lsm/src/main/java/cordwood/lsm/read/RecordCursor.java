package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;

/** A walk over records of one stream. */
public final class RecordCursor implements Cursor {

    /*
     * Records are taken in batches, under a pin that lasts for that long. So however slowly a cursor
     * is read, it holds nothing but the batch's memory.
     *
     * The next batch goes on where the cursor stood, as long as the version is the same, no stream was
     * trimmed, and other cursors left its place alone; else it is sought anew. The end counts only
     * once it was found in what there is by then.
     */

    /**
     * Where cursors find what they read, and memory to have it in.
     *
     * @param places where they stand between two calls
     * @param memory who pays for a cursor's memory
     * @param scanBytesMax up to how much of that cursors that read a lot take more than the least
     */
    public record Source(
            Versions versions,
            CursorPlaces places,
            Chunks chunks,
            Account memory,
            long scanBytesMax) {}

    private final Confinement confinement = new Confinement();
    private final Source source;
    private final int space;
    private final long stream;
    private final boolean rising;
    private final long end;

    // where to go on: before a position, or where the place is, or behind that
    private long seek;
    private boolean isTaken;
    private boolean exhausted;
    private boolean closed;

    private final RecordBatch batch;
    private int index = -1;

    /** A cursor before the first record of a range. */
    public RecordCursor(Source source, int space, long stream, long from, long to, Order order) {
        this.source = source;
        this.space = space;
        this.stream = stream;
        this.rising = order == Order.FORWARD;
        this.exhausted = from > to;
        this.seek = rising ? from : to;
        this.end = rising ? to : from;
        this.batch =
                new RecordBatch(source.chunks(), source.memory(), source.scanBytesMax(), to - from);
        source.versions().unpin(source.versions().pin()); // refused when the store is closed
    }

    @Override
    public boolean next() {
        requireOpen();
        if (index + 1 < batch.count()) {
            index++;
            return true;
        }
        index = -1;
        batch.clear();
        if (exhausted) {
            return false;
        }
        fill();
        if (batch.count() == 0) {
            return false;
        }
        index = 0;
        return true;
    }

    private void fill() {
        long ticket = source.versions().pin();
        try {
            batch.begin();
            CursorPlace place = source.places().take(this);
            boolean filled = false;
            try {
                fill(place, source.versions().current());
                filled = true;
            } finally {
                if (filled && !exhausted) {
                    source.places().keep(this, place);
                } else {
                    source.places().giveBack(place);
                }
            }
        } finally {
            source.versions().unpin(ticket);
        }
    }

    private void fill(CursorPlace place, Version version) {
        Merge merge = place.merge();
        merge.scanIn(batch.room());
        boolean goesOn = place.isIn(version);
        boolean isFull = take(merge, goesOn ? isResumed(merge) : isFound(place, version));
        if (!isFull && !exhausted && goesOn && !place.isNewest()) {
            isFull = take(merge, isFound(place, version)); // what came since
        }
        exhausted |= !isFull;
    }

    private boolean isResumed(Merge merge) {
        return isTaken ? merge.next() : merge.resume();
    }

    /** Sets a place up before the first record that was not seen yet; false when there is none. */
    private boolean isFound(CursorPlace place, Version version) {
        long trimmedTo = place.enter(version, space, stream);
        if (!clip(trimmedTo)) {
            return false;
        }
        StreamKey key = new StreamKey(RecordKind.RECORDS, space, stream);
        Merge merge = place.merge();
        merge.open(place.view(), key, rising ? seek : low(trimmedTo), rising ? end : seek);
        merge.seek(seek, rising);
        return merge.next();
    }

    /** Leaves out what was trimmed; false when nothing is left. */
    private boolean clip(long trimmedTo) {
        if (trimmedTo == StreamBounds.NEVER_TRIMMED) {
            return true;
        }
        if (trimmedTo == Long.MAX_VALUE) {
            return false;
        }
        if (!rising) {
            return seek > trimmedTo;
        }
        seek = Math.max(seek, trimmedTo + 1);
        return seek <= end;
    }

    /** The lowest position to be seen when falling. */
    private long low(long trimmedTo) {
        return trimmedTo == StreamBounds.NEVER_TRIMMED ? end : Math.max(end, trimmedTo + 1);
    }

    /** Takes records up to the end, or until the batch is full: then true. */
    private boolean take(Merge merge, boolean isOnRecord) {
        boolean more = isOnRecord;
        while (more) {
            isTaken = false;
            if (!batch.take(merge)) {
                return true;
            }
            long position = merge.position();
            if (position == end) {
                exhausted = true;
                return false;
            }
            seek = rising ? position + 1 : position - 1;
            if (batch.endsAt(merge)) {
                isTaken = true;
                return true;
            }
            more = merge.next();
        }
        return false;
    }

    @Override
    public long position() {
        requireOnRecord();
        return batch.position(index);
    }

    @Override
    public MemorySegment value() {
        requireOnRecord();
        return batch.value(index);
    }

    private void requireOnRecord() {
        requireOpen();
        if (index < 0) {
            throw new StoreException.Invalid("the cursor is on no record: call next() first");
        }
    }

    private void requireOpen() {
        confinement.require();
        if (closed) {
            throw new StoreException.Closed("the cursor is closed");
        }
        if (source.versions().isClosed()) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        if (!closed) {
            closed = true;
            try {
                source.places().forget(this);
            } finally {
                batch.release();
            }
        }
    }
}
