package cordwood.lsm.wal;

import cordwood.files.FileFailure;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FinalWrite;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Writes groups of batches to the log, each with one positional write. Belongs to the committing
 * step.
 *
 * <p>A group is gathered by the caller in one piece of memory: for each batch, room for a frame's
 * head and behind it the body. The caller first makes sure of the room ({@link #hasRoom}, {@link
 * #begin}), has each head written ({@link #frame}), then writes the whole ({@link #write}).
 */
public final class WalWriter {

    /** Most segments that ended and are open since nobody has asked for a sync. */
    private static final int UNSYNCED_MAX = 32;

    private final StoreId store;
    private final LiveSegments live;
    private final MemorySegment page;
    private final ByteBuffer pageBytes;
    private final WalFigures figures;
    private final LogMilestones milestones;

    // confined to the committing step
    private final FrameHead head = new FrameHead();
    private @Nullable Segment current;
    private final ArrayList<Segment> unsynced = new ArrayList<>();
    private long predecessor;
    private long startPosition;
    private long offset; // where the next group goes
    private long frameOffset; // where the next frame of the group being gathered goes
    private long sequence;
    private long syncedPosition;

    /**
     * A writer that continues a log.
     *
     * @param page room for one page, owned by the caller
     * @param end where the log ends, all of it synced: what the first segment is linked to
     */
    public WalWriter(
            StoreId store,
            LiveSegments live,
            Region page,
            LogEnd end,
            WalFigures figures,
            LogMilestones milestones) {
        this.store = store;
        this.live = live;
        this.page = page.memory().asSlice(0, WalDescriptor.PAGE_BYTES);
        this.pageBytes = this.page.asByteBuffer();
        this.figures = figures;
        this.milestones = milestones;
        this.predecessor = end.segment();
        this.startPosition = end.position() - end.offsetBytes();
        this.offset = end.offsetBytes();
        this.sequence = end.lastSequence();
        this.syncedPosition = end.position();
    }

    /** Bytes that a batch takes in a group. */
    public static long frameBytes(long bodyBytes) {
        return WalDescriptor.frameBytes(bodyBytes);
    }

    /** Bytes of a frame's head, which the body follows. */
    public static int headBytes() {
        return WalDescriptor.FRAME_BYTES;
    }

    /** Bytes that a segment must have for a group of this size to be its first. */
    public static long segmentBytes(long groupBytes) {
        return WalDescriptor.FRAMES_AT
                + WalDescriptor.alignUp(groupBytes, WalDescriptor.PAGE_BYTES);
    }

    /** Whether the segment being written has room for a group. */
    public boolean hasRoom(long groupBytes) {
        Segment segment = current;
        return segment != null
                && WalDescriptor.alignUp(offset + groupBytes, WalDescriptor.PAGE_BYTES)
                        <= segment.sizeBytes();
    }

    /**
     * Goes on in another segment, which the live segments own from then on.
     *
     * @throws cordwood.store.StoreException.Failed when its header cannot be written
     * @throws OutOfMemoryError when the heap is full; nothing was begun
     */
    public void begin(Segment segment) {
        long position = startPosition + offset;
        WalDescriptor.Link link =
                new WalDescriptor.Link(position, predecessor, offset, sequence, syncedPosition);
        page.fill((byte) 0);
        WalDescriptor.writeHeader(
                page, FileHeader.of(FileKind.WAL_SEGMENT, store, segment.number()), link);
        LogMilestones.Begun begun = new LogMilestones.Begun(segment.number(), position);
        unsynced.ensureCapacity(unsynced.size() + 1);
        live.begin(segment, position, sequence);
        Segment ended = current;
        current = segment;
        predecessor = segment.number();
        startPosition = position;
        put(pageBytes.clear(), 0);
        milestones.begun(begun);
        offset = WalDescriptor.FRAMES_AT;
        frameOffset = offset;
        if (ended != null) {
            end(ended, position <= syncedPosition);
        }
    }

    /** A file is closed once it is synced: few are open, however small segments are. */
    private void end(Segment ended, boolean isSynced) {
        try {
            if (isSynced) {
                ended.close();
                return;
            }
            unsynced.add(ended);
            if (unsynced.size() > UNSYNCED_MAX) {
                unsynced.getFirst().syncUnlessClosed();
                unsynced.removeFirst().close();
            }
        } catch (FileFailure e) {
            throw StorageFailures.ofWrite(e);
        }
    }

    /**
     * Leaves the segment being written, of which everything is in tables: it can be given back, and
     * the log goes on in another one. False when there is none.
     */
    public boolean leave() {
        boolean left = current != null;
        if (left) {
            live.end(startPosition + offset, sequence);
            current = null;
        }
        return left;
    }

    /**
     * Writes the head of the next frame of the group being gathered.
     *
     * @param at where in {@code group} the frame starts
     * @param endsSynced whether it is the last of a group that will be synced
     * @return the sequence given to the batch
     */
    public long frame(
            ByteBuffer group, int at, int bodyBytes, int bodyChecksum, boolean endsSynced) {
        long end = frameOffset + WalDescriptor.frameBytes(bodyBytes);
        if (endsSynced) {
            end = WalDescriptor.alignUp(end, WalDescriptor.PAGE_BYTES);
        }
        sequence++;
        head.write(
                group,
                at,
                bodyBytes,
                (int) (end - frameOffset),
                segment().number(),
                sequence,
                syncedPosition,
                bodyChecksum);
        frameOffset = end;
        return sequence;
    }

    /** Writes a gathered group; after a failure nobody knows how much of it is stored. */
    public void write(ByteBuffer group) {
        put(group, offset);
        offset = frameOffset;
    }

    private void put(ByteBuffer bytes, long at) {
        int count = bytes.remaining();
        FinalWrite.put(segment().file(), at, bytes);
        figures.wrote(count);
    }

    /** Syncs everything written so far; after a failure it must not be tried again. */
    public void sync() {
        long startNanos = System.nanoTime();
        try {
            for (int i = 0; i < unsynced.size(); i++) { // what it syncs was written: no heap for it
                unsynced.get(i).syncUnlessClosed();
                unsynced.get(i).close();
            }
            unsynced.clear();
            segment().syncUnlessClosed();
        } catch (FileFailure e) {
            throw StorageFailures.ofWrite(e);
        }
        syncedPosition = startPosition + offset;
        milestones.synced(syncedPosition);
        figures.synced(System.nanoTime() - startNanos);
    }

    /** Sequence of the last batch. */
    public long lastSequence() {
        return sequence;
    }

    /** Where the log ends now; null when no segment is being written. */
    public @Nullable LogEnd end() {
        Segment segment = current;
        return segment == null
                ? null
                : new LogEnd(segment.number(), offset, startPosition + offset, sequence);
    }

    private Segment segment() {
        Segment segment = current;
        if (segment == null) {
            throw new IllegalStateException("no segment was begun");
        }
        return segment;
    }
}
