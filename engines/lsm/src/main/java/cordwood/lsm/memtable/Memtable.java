package cordwood.lsm.memtable;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.Varint;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import cordwood.store.HeapPause;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Batches in memory, as they were written to the write-ahead log, and an index over their
 * stretches. It is filled by one thread, read by any number meanwhile, then sealed, written to
 * tables, and thrown away whole.
 *
 * <p>A <em>place</em> is where bytes of a batch lie: the region's number in the high half, the
 * offset in the low half. Places grow in order of arrival.
 */
public final class Memtable {

    /*
     * Idea: the bytes of a group are gathered here first and written to the log from here, so that
     * they are copied once; applying them is one index entry per stretch, not per record.
     *
     * A stretch that shares no position with the others of its stream goes into the run's main list.
     * One that does is entered record by record in the side list, newest first among equals. On a tie
     * between the two lists the greater place is newer.
     *
     * Region 0 is the slot's. A batch too large for it brings a region of its own, after which the
     * memtable takes no more: places would not grow any longer.
     */
    private static final VarHandle VISIBLE;

    static {
        try {
            VISIBLE = MethodHandles.lookup().findVarHandle(Memtable.class, "visible", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MemtablePool pool;
    private final Region slot;
    private final long capacityBytes;
    private final long reserveBytes;
    private final IndexArena index;
    private final RunIndex runs;
    private final StretchList lists;

    // confined to the filling thread until sealed
    private final ArrayList<Region> extra = new ArrayList<>();
    private MemorySegment[] segments;
    private long usedBytes;
    private long begunNanos;
    private long filledNanos;
    private long firstSequence;
    private long lastSequence;
    private long recordCount;
    private final StretchRecords scratch = new StretchRecords();
    private boolean hasTrimmed; // in the batch that is applied

    private final AtomicLong trims = new AtomicLong();

    @SuppressWarnings("UnusedVariable") // through VISIBLE
    private volatile long visible;

    Memtable(MemtablePool pool, Region slot, IndexArena index, long reserveBytes) {
        this.pool = pool;
        this.slot = slot;
        this.capacityBytes = slot.sizeBytes();
        this.reserveBytes = reserveBytes;
        this.index = index;
        this.runs = new RunIndex(index);
        this.lists = new StretchList(index);
        this.segments = new MemorySegment[] {slot.memory()};
    }

    /**
     * Takes room for bytes of batches, starting on a multiple of 8.
     *
     * @param intoReserve whether the last bytes, kept for trims, may be used
     * @return its place, or -1 when there is none
     */
    public long take(long bytes, boolean intoReserve) {
        if (!hasRoom(bytes, intoReserve)) {
            return -1;
        }
        long place = usedBytes;
        if (place == 0) {
            begunNanos = System.nanoTime();
        }
        usedBytes += (bytes + 7) & ~7L;
        return place;
    }

    /** Ends the time in which it was filled; before it is shown to others as sealed. */
    public void seal() {
        filledNanos = System.nanoTime();
    }

    /** How fast it was filled, once sealed. */
    public double filledBytesPerNano() {
        return (double) usedBytes / Math.max(1, filledNanos - begunNanos);
    }

    /** Whether {@link #take} would succeed. */
    public boolean hasRoom(long bytes, boolean intoReserve) {
        long limitBytes = intoReserve ? capacityBytes : capacityBytes - reserveBytes;
        return extra.isEmpty()
                && usedBytes + bytes <= limitBytes
                && index.usedBytes() <= capacityBytes / 4
                && index.heapBytes() == 0;
    }

    /** Whether room in a region of its own may be taken. */
    public boolean takesOversize() {
        return extra.isEmpty();
    }

    /**
     * Takes room in a region of its own, for a batch that fits nowhere else.
     *
     * @throws cordwood.memory.MemoryRefused when there is none
     */
    public long takeOversize(Chunks chunks, Account account, long bytes) {
        MemorySegment[] grown = Arrays.copyOf(segments, segments.length + 1);
        extra.ensureCapacity(extra.size() + 1); // nothing fails once there is a region
        Region region = chunks.region(account, bytes);
        grown[grown.length - 1] = region.memory();
        extra.add(region);
        segments = grown;
        return (long) (grown.length - 1) << 32;
    }

    /** Gives the room taken last back: nothing of it was applied. */
    public void giveBack(long place) {
        if (place >>> 32 != 0) {
            segments = Arrays.copyOf(segments, segments.length - 1);
            extra.removeLast().close();
        } else {
            usedBytes = place;
        }
    }

    /** The segment a place is in. */
    public MemorySegment segment(long place) {
        return segments[(int) (place >>> 32)];
    }

    /** Where in its segment a place is. */
    public static long offset(long place) {
        return place & 0xFFFF_FFFFL;
    }

    /**
     * Makes the stretches of a batch visible.
     *
     * @param sequence the batch's, one more than the one before
     * @throws IllegalArgumentException when the body is no row of stretches; part of it may be
     *     indexed then, and the memtable must not be written to any more
     */
    public void apply(long bodyPlace, long bodyBytes, long sequence) {
        MemorySegment segment = segment(bodyPlace);
        long at = offset(bodyPlace);
        long end = at + bodyBytes;
        while (at < end) {
            long summary = Stretch.summary(segment, at);
            int payloadBytes = Stretch.payloadBytes(summary);
            long payloadAt = at + Stretch.HEAD_BYTES;
            if (payloadBytes < 0 || payloadAt + payloadBytes > end) {
                throw new IllegalArgumentException("a stretch ends behind its batch");
            }
            add(summary, segment, at, bodyPlace - offset(bodyPlace) + payloadAt);
            at = payloadAt + payloadBytes;
        }
        VISIBLE.setRelease(this, bodyPlace + bodyBytes);
        if (hasTrimmed) {
            hasTrimmed = false;
            trims.incrementAndGet();
        }
        if (firstSequence == 0) {
            firstSequence = sequence;
        }
        lastSequence = sequence;
    }

    private void add(long summary, MemorySegment segment, long at, long place) {
        int tag = Stretch.tag(summary);
        int count = Stretch.count(summary);
        int payloadBytes = Stretch.payloadBytes(summary);
        long stream = Stretch.stream(segment, at);
        long first = Stretch.first(segment, at);
        long last = Stretch.last(segment, at);
        int run = runs.findOrAdd(tag, stream);
        if (last == Stretch.TRIM_POINT_ID && tag >>> 8 == RecordKind.ATTRIBUTES.code()) {
            hasTrimmed = true;
            if (first == last && isBehindTrimPoint(run, segment, offset(place))) {
                return;
            }
        }
        recordCount += count;
        if (lists.insertApart(run, RunIndex.MAIN_AT, first, last, place, payloadBytes, count)) {
            return;
        }
        while (!isLoaded(segment, offset(place), payloadBytes, count, first)) {
            HeapPause.take(); // it is in the log already
        }
        long base = place - offset(place);
        for (int i = 0; i < count; i++) {
            int headBytes = Varint.bytes(scratch.valueBytes(i));
            lists.insertNewer(
                    run,
                    RunIndex.SIDE_AT,
                    scratch.position(i),
                    base + scratch.valueAt(i) - headBytes,
                    headBytes + scratch.valueBytes(i));
        }
    }

    private boolean isLoaded(
            MemorySegment segment, long at, int payloadBytes, int count, long first) {
        try {
            scratch.load(segment, at, payloadBytes, count, first);
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** A trim point never moves back, so within a memtable the newest is the highest. */
    private boolean isBehindTrimPoint(int run, MemorySegment segment, long payloadAt) {
        long present = newest(run, Stretch.TRIM_POINT_ID);
        return present >= 0
                && LittleEndian.i64(segment, payloadAt + 1)
                        <= LittleEndian.i64(segment(present), offset(present) + 1);
    }

    /** Place of the newest single record at a position of a run, or -1. */
    private long newest(int run, long position) {
        long newest = -1;
        for (int list = RunIndex.MAIN_AT;
                list <= RunIndex.SIDE_AT;
                list += StretchList.LIST_BYTES) {
            int node = lists.after(run, list, lists.lastBelow(run, list, position));
            if (node != 0 && lists.first(node) == position) {
                newest = Math.max(newest, lists.place(node));
            }
        }
        return newest;
    }

    /** Everything at a place below this belongs to a batch that was applied whole. */
    public long visible() {
        return (long) VISIBLE.getAcquire(this);
    }

    /**
     * How many batches with trims were applied: none of them came between two looks that find the
     * same number, the first of which was before {@link #visible}.
     */
    public long trims() {
        return trims.get();
    }

    /**
     * Whether a stream's records share no position, so that they can be had from {@link #stretches}
     * alone.
     */
    public boolean isOrdered(StreamKey key) {
        int run = runs.find(key.tag(), key.stream());
        return run == 0 || lists.head(run, RunIndex.SIDE_AT) == 0;
    }

    /** Whether a stream's records take so many bytes or more. */
    public boolean holds(StreamKey key, long bytesMin) {
        int run = runs.find(key.tag(), key.stream());
        long bytes = 0;
        for (int list = RunIndex.MAIN_AT;
                run != 0 && list <= RunIndex.SIDE_AT;
                list += StretchList.LIST_BYTES) {
            int node = lists.head(run, list);
            while (node != 0 && bytes < bytesMin) {
                bytes += lists.payloadBytes(node);
                node = lists.next(node);
            }
        }
        return bytes >= bytesMin;
    }

    /** Calls back for every stretch of a stream's main list, in order of position. */
    public void stretches(StreamKey key, StretchVisitor visitor) {
        int run = runs.find(key.tag(), key.stream());
        if (run == 0) {
            return;
        }
        for (int node = lists.head(run, RunIndex.MAIN_AT); node != 0; node = lists.next(node)) {
            long place = lists.place(node);
            visitor.stretch(
                    segment(place),
                    offset(place),
                    lists.payloadBytes(node),
                    lists.count(node),
                    lists.first(node),
                    lists.last(node));
        }
    }

    /** What {@link #stretches} calls. */
    @FunctionalInterface
    public interface StretchVisitor {
        /** A stretch: where its payload lies, and what its head would say. */
        void stretch(
                MemorySegment segment,
                long payloadAt,
                int payloadBytes,
                int count,
                long first,
                long last);
    }

    /** The tags of one kind that have streams, rising: see {@link StreamKey#tag}. */
    public int[] tags(RecordKind kind) {
        return Arrays.stream(runs.tags()).filter(tag -> tag >>> 8 == kind.code()).toArray();
    }

    /** The streams with a tag, rising. */
    public long[] streams(int tag) {
        return runs.streams(tag);
    }

    /** Sequence of the first batch applied, 0 before. */
    public long firstSequence() {
        return firstSequence;
    }

    /** Sequence of the last batch applied, 0 before. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Whether nothing was applied yet. */
    public boolean isEmpty() {
        return lastSequence == 0;
    }

    /** Records and attributes applied. */
    public long recordCount() {
        return recordCount;
    }

    /** Bytes of batches taken. */
    public long usedBytes() {
        long bytes = usedBytes;
        for (Region region : extra) {
            bytes += region.sizeBytes();
        }
        return bytes;
    }

    /** Bytes that batches and their index take. */
    public long memoryBytes() {
        return usedBytes() + index.usedBytes();
    }

    /** Ends the memtable and lets its slot be used again. Nobody may read it any more. */
    public void release() {
        try {
            index.close();
            extra.forEach(Region::close);
        } finally {
            pool.takeBack(slot);
        }
    }

    /**
     * Sets a walk upon the main or the side list of a stream.
     *
     * @param limit the walk sees what {@link #visible} said this or less for
     * @return false when that list is empty
     */
    public boolean walk(MemtableWalk walk, StreamKey key, boolean side, long limit) {
        int run = runs.find(key.tag(), key.stream());
        int list = side ? RunIndex.SIDE_AT : RunIndex.MAIN_AT;
        if (run == 0 || lists.head(run, list) == 0) {
            return false;
        }
        walk.set(this, lists, run, list, limit);
        return true;
    }
}
