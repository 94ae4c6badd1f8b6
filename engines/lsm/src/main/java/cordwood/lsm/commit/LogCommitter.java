package cordwood.lsm.commit;

import cordwood.lsm.flush.Requests;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.lsm.wal.LiveSegments;
import cordwood.lsm.wal.LogMilestones;
import cordwood.lsm.wal.Segment;
import cordwood.lsm.wal.SegmentPool;
import cordwood.lsm.wal.WalWriter;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.store.CommitGroup;
import cordwood.store.GroupWriter;
import cordwood.store.HeapPause;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes groups of batches: to the log from where they will stay, the memtable. */
public final class LogCommitter implements GroupWriter {

    /*
     * Order: room in memory, room in the log, gather, write, sync, apply. Everything that can be
     * refused comes before the first byte is written, so that a refused group has had no effect.
     *
     * A flush takes everything up to its memtable's last sequence for stored in tables. So no batch
     * may be in the log and in no memtable, whatever memory there is. While the store is closed, the
     * steps that flush and prepare segments have ended, and this one does both itself.
     */

    /**
     * What a committer works on.
     *
     * @param largeAccount who pays for a batch that is larger than a memtable
     * @param pacer holds writing up when flushing does not keep up
     * @param stalls where it is noted what held writing up
     * @param shortages what waiting would not help
     * @param flushes who waits for the memtable to be flushed
     * @param failures tells whether writes have to stop
     */
    public record Parts(
            WalWriter log,
            SegmentPool segments,
            Versions versions,
            MemtablePool memtables,
            Chunks chunks,
            Account largeAccount,
            LiveSegments live,
            LogMilestones milestones,
            Requests flushes,
            Pacer pacer,
            Stalls stalls,
            Shortages shortages,
            BackgroundFailures failures) {}

    /** What a committer asks of background work; cheap and never blocking but for one call. */
    public interface Background {
        /** Segments are wanted, or the disk may have room again. */
        void wantSegments();

        /** A memtable was sealed, or the disk may have room again. */
        void wantFlush();

        /** A stream was trimmed. */
        void trimmed();

        /** Whether what was asked of it last may still bring a segment. */
        boolean mayBringSegment();

        /**
         * Flushes the oldest sealed memtable on the calling thread; only once all steps have ended.
         *
         * @param forTrims whether the room in reserve may be used
         * @return false when none is sealed
         * @throws StoreException of kind Full or Busy when it is refused; nothing was changed
         */
        boolean flushOldest(boolean forTrims);
    }

    private final Parts parts;
    private final Background background;
    private final long groupBytesMax;
    private final long walBytesMax;
    private volatile boolean closing;

    /** Made before the heap is full. */
    private final StoreException noHeap = new StoreException.Busy("no heap for a group");

    // confined to the committing step
    private boolean sealWanted;
    private String refusal = ""; // why there was no memory
    private boolean onBallast; // what is left of the segment is for trims

    /**
     * A committer of groups.
     *
     * @param groupBytesMax most bytes of a group that holds more than one batch
     * @param walBytesMax bytes of segments at which the memtable is sealed, however little is in it
     */
    public LogCommitter(Parts parts, Background background, long groupBytesMax, long walBytesMax) {
        this.parts = parts;
        this.background = background;
        this.groupBytesMax = groupBytesMax;
        this.walBytesMax = walBytesMax;
    }

    /** Lets the remaining groups be written without background work, which has ended. */
    public void close() {
        closing = true;
    }

    @Override
    public boolean isReady(long nextFootprintBytes) {
        if (nextFootprintBytes == 0) {
            parts.stalls().idle();
        }
        long bytes = Math.max(groupBytesMax, nextFootprintBytes);
        return isClear(bytes) || isReadyOnceHelped(bytes, nextFootprintBytes);
    }

    /** Whether nothing has to come, and nobody asked for a flush: what most groups find. */
    private boolean isClear(long bytes) {
        return !parts.flushes().isWanted()
                && !parts.stalls().isWaiting()
                && parts.versions().current().active().hasRoom(bytes, false)
                && parts.log().hasRoom(bytes)
                && !onBallast;
    }

    private boolean isReadyOnceHelped(long bytes, long nextBytes) {
        sealIfAsked();
        Stalls.Cause cause = lack(bytes, nextBytes);
        if (cause == null) {
            parts.stalls().goOn();
            return true;
        }
        parts.stalls().waitFor(cause);
        return false;
    }

    /** What has to come before a group can be written or refused; null when nothing has. */
    private Stalls.@Nullable Cause lack(long bytes, long nextBytes) {
        if (closing || parts.failures().first() != null) {
            return null;
        }
        if (!isMemoryReady(bytes)) {
            return Stalls.Cause.MEMTABLE;
        }
        return isLogReady(bytes, nextBytes) ? null : Stalls.Cause.SEGMENT;
    }

    /**
     * Seals the memtable for those who wait for a flush; later when a slot is about to come back.
     */
    private void sealIfAsked() {
        if (!parts.flushes().isWanted()) {
            return;
        }
        Version current = parts.versions().current();
        boolean slotComes = !current.sealed().isEmpty() && !parts.memtables().hasSlot();
        if (!current.active().isEmpty() && (slotComes || !seal())) {
            if (parts.memtables().noneWillCome()) {
                parts.flushes().fail(new StoreException.Busy("no memory for another memtable"));
            }
            background.wantFlush();
            return;
        }
        parts.flushes().cover(parts.log().lastSequence());
        background.wantFlush();
    }

    private boolean seal() {
        Memtable fresh = parts.memtables().tryTake();
        if (fresh == null) {
            return false;
        }
        boolean sealed = false;
        try {
            parts.versions().seal(fresh);
            sealed = true;
        } finally {
            if (!sealed) {
                fresh.release();
            }
        }
        sealWanted = false;
        background.wantFlush();
        return true;
    }

    /** Ready, too, where waiting would not help: then the group is refused. */
    private boolean isMemoryReady(long bytes) {
        return parts.versions().current().active().hasRoom(bytes, false)
                || parts.memtables().makeReady()
                || parts.memtables().noneWillCome()
                || parts.shortages().of(Shortages.Of.FLUSHES) != null;
    }

    private boolean isLogReady(long bytes, long nextBytes) {
        if ((parts.log().hasRoom(bytes) && !onBallast)
                || parts.segments().hasReady()
                || WalWriter.segmentBytes(bytes) > parts.segments().segmentBytes()) {
            return true;
        }
        if (parts.shortages().of(Shortages.Of.SEGMENTS) == null) {
            background.wantSegments();
            return false;
        }
        boolean takesTrims = parts.log().hasRoom(nextBytes) || parts.segments().hasBallast();
        return takesTrims || !background.mayBringSegment();
    }

    @Override
    public void write(CommitGroup group) {
        StoreException.Failed failed = parts.failures().first();
        if (failed != null) {
            throw failed.again(Outcome.NOT_APPLIED);
        }
        long bytes = 0;
        boolean trimOnly = true;
        boolean trims = false;
        for (int i = 0; i < group.size(); i++) {
            LsmBatch batch = (LsmBatch) group.batch(i);
            bytes += WalWriter.frameBytes(batch.bodyBytes());
            trimOnly &= batch.isTrimOnly();
            trims |= batch.hasTrims();
        }
        write(group, prepared(group, bytes, trimOnly));
        while (trims && !hasTrimmed()) {
            HeapPause.take();
        }
    }

    private boolean hasTrimmed() {
        try {
            makeSpace();
            background.trimmed();
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** All that may be refused: room in memory with the bodies in it, and room in the log. */
    private Room prepared(CommitGroup group, long bytes, boolean trimOnly) {
        try {
            if (!closing) {
                parts.pacer().beforeGroup(bytes);
            }
            return takeRoom(group, bytes, trimOnly);
        } catch (OutOfMemoryError _) { // also where room was given back, and space was to be made
            throw noHeap;
        }
    }

    private Room takeRoom(CommitGroup group, long bytes, boolean trimOnly) {
        Room room = takeMemory(bytes, trimOnly);
        boolean ready = false;
        try {
            copy(group, room);
            takeLog(bytes, trimOnly);
            ready = true;
            return room;
        } finally {
            if (!ready) {
                room.giveBack();
                makeSpace();
            }
        }
    }

    /** Who waits for a flush must hear of it, too. */
    @Override
    public void stopped(StoreException.Failed because) {
        parts.failures().note(because);
    }

    /**
     * On a full disk, lets a flush give segments back, however little there is to flush: the one
     * being written, too, where everything in it is in tables.
     */
    private void makeSpace() {
        if (!parts.shortages().isSpaceShort()) {
            return;
        }
        Version current = parts.versions().current();
        if (!current.active().isEmpty()) {
            seal();
        } else if (current.sealed().isEmpty() && parts.log().leave()) {
            background.wantFlush();
        }
    }

    /** Where a group is gathered, and stays. */
    private record Room(Memtable memtable, long place, ByteBuffer bytes) {

        /** Room that was taken; it is given back where the heap has none for this. */
        static Room of(Memtable memtable, long place, long bytes) {
            boolean made = false;
            try {
                MemorySegment taken =
                        memtable.segment(place).asSlice(Memtable.offset(place), bytes);
                Room room = new Room(memtable, place, taken.asByteBuffer());
                made = true;
                return room;
            } finally {
                if (!made) {
                    memtable.giveBack(place);
                }
            }
        }

        MemorySegment segment() {
            return memtable.segment(place);
        }

        long at() {
            return Memtable.offset(place);
        }

        void giveBack() {
            memtable.giveBack(place);
        }
    }

    private Room takeMemory(long bytes, boolean trimOnly) {
        StoreException shortage = parts.shortages().of(Shortages.Of.FLUSHES); // it may end any time
        boolean mayBeOversize = shortage == null || trimOnly || closing;
        Room room = tryTakeMemory(bytes, trimOnly, mayBeOversize);
        while (room == null && closing && background.flushOldest(trimOnly)) {
            room = tryTakeMemory(bytes, trimOnly, true);
        }
        if (room != null) {
            return room;
        }
        if (shortage != null) {
            background.wantFlush();
            throw shortage.again(Outcome.NOT_APPLIED);
        }
        throw new StoreException.Busy(
                "no memory for a group of %,d bytes: %s".formatted(bytes, refusal));
    }

    private @Nullable Room tryTakeMemory(long bytes, boolean trimOnly, boolean mayBeOversize) {
        Memtable active = parts.versions().current().active();
        long place = sealWanted && parts.memtables().hasIdle() ? -1 : active.take(bytes, trimOnly);
        if (place < 0 && !active.isEmpty() && seal()) {
            active = parts.versions().current().active();
            place = active.take(bytes, trimOnly);
        }
        if (place >= 0) {
            return Room.of(active, place, bytes);
        }
        if (!mayBeOversize || !active.takesOversize()) {
            refusal = "memtables wait to be flushed";
            return null;
        }
        try {
            return Room.of(
                    active,
                    active.takeOversize(parts.chunks(), parts.largeAccount(), bytes),
                    bytes);
        } catch (MemoryRefused e) {
            refusal = String.valueOf(e.getMessage());
            return null;
        }
    }

    private void takeLog(long bytes, boolean trimOnly) {
        if (parts.log().hasRoom(bytes) && (trimOnly || !onBallast)) {
            return;
        }
        parts.stalls().beforeCall();
        try {
            Segment segment = takeSegment(bytes, trimOnly);
            parts.stalls().afterCall(Stalls.Cause.SEGMENT);
            begin(segment);
            parts.stalls().afterCall(Stalls.Cause.LOG_WRITE);
        } finally {
            background.wantSegments(); // one edit records the next, and that this one was begun
        }
        sealWanted |= parts.live().sizeBytes() > walBytesMax;
    }

    private void begin(Segment segment) {
        try {
            parts.log().begin(segment);
        } catch (OutOfMemoryError e) {
            parts.segments().giveBack(segment);
            throw e;
        }
    }

    private Segment takeSegment(long bytes, boolean trimOnly) {
        if (closing) {
            parts.segments().makeReady();
        }
        Segment segment = parts.segments().tryTake(bytes);
        boolean oversize = WalWriter.segmentBytes(bytes) > parts.segments().segmentBytes();
        if (segment == null && oversize && parts.segments().hasWayOut()) {
            segment = parts.segments().createOversize(bytes);
        }
        boolean isBallast = false;
        if (segment == null && trimOnly) {
            segment = parts.segments().tryTakeBallast(bytes);
            isBallast = segment != null;
        }
        if (segment == null) {
            segment = parts.segments().take(bytes);
        }
        onBallast = isBallast;
        return segment;
    }

    /** Copies the bodies to where they will stay. Nothing gets into the log that cannot be read. */
    private static void copy(CommitGroup group, Room room) {
        int at = 0;
        for (int i = 0; i < group.size(); i++) {
            LsmBatch batch = (LsmBatch) group.batch(i);
            int bodyAt = at + WalWriter.headBytes();
            batch.copyTo(room.bytes(), bodyAt);
            long rowAt = room.at() + bodyAt;
            if (!Stretch.isRow(room.segment(), rowAt, rowAt + batch.bodyBytes())) {
                throw new StoreException.Busy(
                        "a batch was changed by another thread while it was appended");
            }
            at += (int) WalWriter.frameBytes(batch.bodyBytes());
        }
    }

    private void write(CommitGroup group, Room room) {
        int size = group.size();
        int at = 0;
        long firstSequence = 0;
        for (int i = 0; i < size; i++) {
            LsmBatch batch = (LsmBatch) group.batch(i);
            boolean endsSynced = group.sync() && i == size - 1;
            long sequence =
                    parts.log()
                            .frame(
                                    room.bytes(),
                                    at,
                                    batch.bodyBytes(),
                                    batch.bodyChecksum(),
                                    endsSynced);
            firstSequence = i == 0 ? sequence : firstSequence;
            at += (int) WalWriter.frameBytes(batch.bodyBytes());
        }
        parts.stalls().beforeCall();
        parts.log().write(room.bytes());
        parts.stalls().afterCall(Stalls.Cause.LOG_WRITE);
        if (group.sync()) {
            parts.log().sync();
            parts.stalls().afterCall(Stalls.Cause.LOG_SYNC);
            if (parts.milestones().areDue()) {
                background.wantSegments();
            }
        }
        apply(group, room.memtable(), room.place(), firstSequence);
    }

    private static void apply(
            CommitGroup group, Memtable memtable, long groupPlace, long firstSequence) {
        long place = groupPlace;
        for (int i = 0; i < group.size(); i++) {
            int bodyBytes = ((LsmBatch) group.batch(i)).bodyBytes();
            memtable.apply(place + WalWriter.headBytes(), bodyBytes, firstSequence + i);
            place += WalWriter.frameBytes(bodyBytes);
        }
    }
}
