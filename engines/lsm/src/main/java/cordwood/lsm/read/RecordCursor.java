package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A walk over records of one stream. */
public final class RecordCursor implements Cursor {

    /*
     * Records are copied in batches into memory of the cursor's own, under a pin that lasts for that
     * long. So however slowly a cursor is read, it holds nothing but this memory. Batches grow, so
     * that a short read copies little.
     *
     * The next batch goes on where the cursor stood, as long as the version is the same, no stream was
     * trimmed, and other cursors left its place alone; else it is sought anew. The end counts only
     * once it was found in what there is by then.
     */
    private static final int RECORDS_MAX = 1024;
    private static final int RECORDS_AT_FIRST = 8;
    private static final int GROWTH = 4;
    private static final int BUFFER_BYTES = Chunks.GRANULE_BYTES;
    private static final long[] NO_POSITIONS = new long[0];

    /**
     * Where cursors find what they read, and memory to copy it to.
     *
     * @param places where they stand between two calls
     * @param memory who pays for a cursor's memory
     */
    public record Source(Versions versions, CursorPlaces places, Chunks chunks, Account memory) {}

    private final Confinement confinement = new Confinement();
    private final Source source;
    private final int space;
    private final long stream;
    private final boolean rising;
    private final long end;

    private long seek;
    private boolean exhausted;
    private boolean closed;

    // the batch that was copied
    private @Nullable Region region;
    private @Nullable MemorySegment readOnly;
    private long[] positions = NO_POSITIONS;
    private int[] ends = new int[1];
    private int recordsMax = RECORDS_AT_FIRST;
    private int count;
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
        source.versions().unpin(source.versions().pin()); // refused when the store is closed
    }

    @Override
    public boolean next() {
        requireOpen();
        if (index + 1 < count) {
            index++;
            return true;
        }
        count = 0;
        index = -1;
        if (exhausted) {
            return false;
        }
        fill();
        if (count == 0) {
            return false;
        }
        index = 0;
        return true;
    }

    private void fill() {
        if (positions.length < recordsMax) {
            long[] morePositions = new long[recordsMax];
            ends = new int[recordsMax + 1];
            positions = morePositions; // once both are there
        }
        long ticket = source.versions().pin();
        try {
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
        recordsMax = Math.min(RECORDS_MAX, recordsMax * GROWTH);
    }

    private void fill(CursorPlace place, Version version) {
        boolean goesOn = place.isIn(version);
        Merge merge = place.merge();
        boolean isFull = copy(merge, goesOn ? merge.resume() : isFound(place, version));
        if (!isFull && !exhausted && goesOn && !place.isNewest()) {
            isFull = copy(merge, isFound(place, version)); // what came since
        }
        exhausted |= !isFull;
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

    /** Copies records up to the end, or as many as there is room for: then true. */
    private boolean copy(Merge merge, boolean isOnRecord) {
        boolean more = isOnRecord;
        while (more) {
            int bytes = merge.valueBytes();
            if (count == recordsMax || !hasRoom(bytes)) {
                return true;
            }
            long position = merge.position();
            MemorySegment.copy(merge.segment(), merge.valueAt(), memory(), ends[count], bytes);
            positions[count] = position;
            ends[count + 1] = ends[count] + bytes;
            count++;
            if (position == end) {
                exhausted = true;
                return false;
            }
            seek = rising ? position + 1 : position - 1;
            more = merge.next();
        }
        return false;
    }

    /** Whether a value fits in what is left; for the first one room is made. */
    private boolean hasRoom(int bytes) {
        Region present = region;
        if (present != null && ends[count] + (long) bytes <= present.sizeBytes()) {
            return true;
        }
        if (count > 0) {
            return false;
        }
        release();
        try {
            Region fresh = source.chunks().region(source.memory(), Math.max(bytes, BUFFER_BYTES));
            region = fresh;
            readOnly = fresh.memory().asReadOnly();
        } catch (MemoryRefused e) {
            throw new StoreException.Busy("no memory to read into: " + e.getMessage());
        } catch (IllegalStateException _) {
            throw new StoreException.Closed("the store is closed");
        }
        return true;
    }

    private MemorySegment memory() {
        Region present = region;
        if (present == null) {
            throw new IllegalStateException("the cursor has no memory");
        }
        return present.memory();
    }

    @Override
    public long position() {
        requireOnRecord();
        return positions[index];
    }

    @Override
    public MemorySegment value() {
        requireOnRecord();
        MemorySegment values = readOnly;
        if (values == null) {
            throw new IllegalStateException("the cursor has no memory");
        }
        return values.asSlice(ends[index], ends[index + 1] - ends[index]);
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

    private void release() {
        Region present = region;
        region = null;
        readOnly = null;
        if (present != null) {
            present.close();
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
                release();
            }
        }
    }
}
