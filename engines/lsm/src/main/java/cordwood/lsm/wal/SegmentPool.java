package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.DiskBudget;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.SpaceReserve;
import cordwood.lsm.format.StorageFailures;
import cordwood.memory.MemoryRefused;
import cordwood.store.HeapPause;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Segments ready to be written: preallocated, under the number they will have, on record. Those no
 * longer needed come back and are renamed to later numbers. Taking is for the committing step, the
 * rest for the step that prepares; thread-safe.
 */
public final class SegmentPool implements AutoCloseable {

    /*
     * Protocol of a new file: temporary name, preallocate, sync, rename, sync directory, record. Of a
     * used one: off the record (before it comes here), rename, sync directory, record. Either way a
     * crash leaves at worst a file that is not on record, which opening the store deletes.
     *
     * A segment keeps its stale bytes: its number is in the checksum of every head.
     *
     * The ballast is a small segment for trims alone, and the reserve room for the flush behind them,
     * so that there is a way to free space when the disk is full. Both come before any other segment,
     * and nothing else is taken from the pool without them.
     *
     * A segment for puts is made, and taken, only while the disk budget has room for what it will hold,
     * in the log and in tables, and for one more ballast. Ballast and reserve ask nobody: they are what
     * the budget is mended with.
     *
     * Reserve and ready segments are lent together to a merge that gives more back: while it has them
     * none is made, so that its room is nobody else's.
     */
    private static final long BALLAST_BYTES_MAX = 1L << 20;

    /** A segment that came back, under the name it has now. */
    private record Used(Path path, long sizeBytes) {}

    private final Disk disk;
    private final Path directory;
    private final SegmentRegister register;
    private final SpaceReserve reserve;
    private final DiskBudget budget;
    private final Shortages shortages;
    private final long segmentBytes;
    private final int readyMin;
    private final int readyMax;

    // guarded by this; no deque, which a full heap may empty
    private final ArrayList<Segment> ready = new ArrayList<>();
    private final ArrayList<Used> used = new ArrayList<>();
    private @Nullable Segment ballast;
    private boolean isAllLent;
    private boolean isReserveLentToo;

    /**
     * An empty pool.
     *
     * @param shortages where it is noted why no further segment could be prepared
     * @param segmentBytes size of an ordinary segment
     * @param readyMin how many are kept ready
     * @param readyMax how many are kept at most when more come back
     */
    public SegmentPool(
            Disk disk,
            Path directory,
            SegmentRegister register,
            SpaceReserve reserve,
            DiskBudget budget,
            Shortages shortages,
            long segmentBytes,
            int readyMin,
            int readyMax) {
        this.disk = disk;
        this.directory = directory;
        this.register = register;
        this.reserve = reserve;
        this.budget = budget;
        this.shortages = shortages;
        this.segmentBytes = segmentBytes;
        this.readyMin = readyMin;
        this.readyMax = readyMax;
    }

    /** Size of an ordinary segment. */
    public long segmentBytes() {
        return segmentBytes;
    }

    /** Whether a segment is ready, and may be filled. */
    public synchronized boolean hasReady() {
        return !ready.isEmpty() && hasWayOut() && mayTake();
    }

    /** Whether space could be freed if the disk were full from now on. */
    public synchronized boolean hasWayOut() {
        return ballast != null && reserve.isThere();
    }

    /** Whether there is a segment for trims. */
    public synchronized boolean hasBallast() {
        return ballast != null;
    }

    /**
     * Gives up the reserve for what will free more, until {@link #giveBackReserve}. As long as it
     * is not there, segments are for trims only.
     *
     * @return false when it is not there
     */
    public synchronized boolean tryLendReserve(StoreException because) {
        boolean lent = reserve.tryLend();
        if (lent) {
            shortages.note(Shortages.Of.SEGMENTS, because);
        }
        return lent;
    }

    /** Bytes that {@link #tryLendAll} would free. */
    public synchronized long lendableBytes() {
        long bytes = reserve.keptBytes();
        for (Segment segment : ready) {
            bytes += segment.sizeBytes();
        }
        return bytes;
    }

    /**
     * Gives up all that is kept ready, but for the ballast, for what will free more, until {@link
     * #takeAllBack}. Puts are refused meanwhile.
     *
     * @return false when there is nothing, or the record of segments has no room for that
     */
    public boolean tryLendAll(StoreException because) {
        List<Segment> given = startLending(because);
        boolean lent = false;
        try {
            if (!given.isEmpty()) {
                register.drop(given.stream().map(Segment::number).toList());
            }
            lent = !given.isEmpty() || isReserveLentToo;
        } catch (StoreException.Full | StoreException.Busy | MemoryRefused _) {
            // they are still on record
        } finally {
            if (!lent) {
                endLending(given);
            }
        }
        if (lent) {
            Closing.all(given, segment -> delete(new Used(segment.path(), segment.sizeBytes())));
        }
        return lent;
    }

    private synchronized List<Segment> startLending(StoreException because) {
        List<Segment> given = new ArrayList<>(ready);
        shortages.note(Shortages.Of.SEGMENTS, because);
        isReserveLentToo = reserve.tryLend();
        isAllLent = true;
        ready.clear();
        return given;
    }

    private synchronized void endLending(List<Segment> kept) {
        ready.addAll(0, kept);
        isAllLent = false;
        if (isReserveLentToo) {
            isReserveLentToo = false;
            reserve.giveBack();
        }
    }

    /** Lets all that was lent be made again. */
    public void takeAllBack() {
        endLending(List.of());
    }

    /** Does what will free room; again with the reserve lent where there is none. */
    public void lendReserveTo(Runnable work) {
        try {
            work.run();
        } catch (StoreException.Full e) {
            if (!tryLendReserve(e)) {
                throw e;
            }
            work.run();
        }
    }

    /** Lets the reserve be made again; false when it was not lent. */
    public boolean giveBackReserve() {
        return reserve.giveBack();
    }

    /**
     * A ready segment with room for a group, or null.
     *
     * @throws StoreException when it cannot be opened; it stays ready
     */
    public synchronized @Nullable Segment tryTake(long groupBytes) {
        boolean fits = WalWriter.segmentBytes(groupBytes) <= segmentBytes;
        if (!fits || !hasReady()) {
            return null;
        }
        open(ready.getFirst());
        return ready.removeFirst();
    }

    /** Only once it is taken: there may be more ready than files may be open. */
    private void open(Segment segment) {
        try {
            segment.open(disk);
        } catch (RuntimeException e) {
            throw StorageFailures.ofBackgroundWork(e);
        }
    }

    /**
     * A ready segment with room for a group.
     *
     * @throws StoreException why there is none, a refusal
     */
    public synchronized Segment take(long groupBytes) {
        Segment taken = tryTake(groupBytes);
        if (taken != null) {
            return taken;
        }
        StoreException shortage = shortages.of(Shortages.Of.SEGMENTS);
        if (shortage != null) {
            throw shortage.again(Outcome.NOT_APPLIED);
        }
        requireRoomToTake(); // there may have been some a moment ago
        throw new StoreException.Busy("no segment is ready");
    }

    /** The segment kept for trims, or null. */
    public synchronized @Nullable Segment tryTakeBallast(long groupBytes) {
        Segment taken = ballast;
        if (taken == null || WalWriter.segmentBytes(groupBytes) > taken.sizeBytes()) {
            return null;
        }
        open(taken);
        ballast = null;
        return taken;
    }

    /** Takes back a segment that was taken last, and not begun. */
    public synchronized void giveBack(Segment segment) {
        if (wantsBallast() && canBeBallast(segment.sizeBytes())) {
            ballast = segment;
        } else {
            ready.addFirst(segment);
        }
    }

    /**
     * Makes a segment for one group that is larger than ordinary ones.
     *
     * @throws StoreException when it cannot be made; nothing is left behind
     */
    public Segment createOversize(long groupBytes) {
        long bytes = WalWriter.segmentBytes(groupBytes);
        try {
            budget.require(2 * bytes + ballastBytes());
        } catch (StoreException.Full e) {
            shortages.note(Shortages.Of.SEGMENTS, e); // what waits to be flushed is in the log, too
            throw e;
        }
        return createIfRoom(bytes);
    }

    /** Takes a segment back that is no longer on record. Waits while the heap is full. */
    public void takeBack(Segment segment) {
        takeBack(segment.path(), segment.sizeBytes());
        segment.close();
    }

    private void takeBack(Path path, long sizeBytes) {
        while (!isTakenBack(path, sizeBytes)) {
            HeapPause.take();
        }
    }

    private synchronized boolean isTakenBack(Path path, long sizeBytes) {
        try {
            return used.add(new Used(path, sizeBytes));
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** Takes segments back that are open nowhere. */
    public void takeBackByNumber(List<Long> numbers) {
        for (long number : numbers) {
            takeBack(Segment.find(disk, directory, number));
        }
    }

    /** Gives up what came back and was not renamed yet: its files are nobody's then. */
    public synchronized void abandonUsed() {
        used.clear();
    }

    /**
     * Does some of what is there to do: renames what came back, or makes one segment.
     *
     * @return false when there was nothing to do, or it was refused: see {@link Shortages}
     * @throws StoreException.Failed when the storage failed for good
     */
    public boolean prepare() {
        try {
            boolean worked = keepRoom() || renameUsed() || createWanted();
            if (!worked) {
                requireRoomToTake();
                noteAllThere();
            }
            return worked;
        } catch (RuntimeException e) {
            shortages.note(Shortages.Of.SEGMENTS, StorageFailures.refusal(e));
            return false;
        } catch (OutOfMemoryError e) {
            shortages.note(Shortages.Of.SEGMENTS, StorageFailures.ofHeap(e));
            return false;
        }
    }

    /** Prepares until a segment is ready, or there is no room for one. */
    public void makeReady() {
        boolean worked = true;
        while (worked && !hasReady()) {
            worked = prepare();
        }
    }

    private synchronized void noteAllThere() {
        if (hasReady()) {
            shortages.end(Shortages.Of.SEGMENTS);
        }
    }

    /** For the record above all, which everything needs: a segment is given up for it. */
    private boolean keepRoom() {
        try {
            return register.keepRoom();
        } catch (FileFailure e) {
            Used givenUp = e.kind() == FileFailure.Kind.NO_SPACE ? pollUsed() : null;
            if (givenUp == null) {
                throw e;
            }
            delete(givenUp);
            return true;
        }
    }

    private boolean renameUsed() {
        List<Segment> renamed = new ArrayList<>();
        Used inHand = null; // whose file is nobody else's
        try {
            inHand = pollUsed();
            boolean worked = inHand != null;
            boolean oneOnly = shortages.of(Shortages.Of.SEGMENTS) != null; // it may be in vain
            while (inHand != null) {
                if (isWanted(inHand, renamed)) {
                    long number = register.nextNumber();
                    Used target = new Used(pathOf(number), inHand.sizeBytes());
                    disk.rename(inHand.path(), target.path());
                    inHand = target;
                    renamed.add(new Segment(number, target.sizeBytes(), target.path()));
                } else {
                    disk.delete(inHand.path());
                }
                inHand = null;
                inHand = oneOnly ? null : pollUsed();
            }
            if (!renamed.isEmpty()) {
                disk.syncDirectory(directory);
                register.add(renamed.stream().map(SegmentPool::prepared).toList());
            }
            while (!renamed.isEmpty()) {
                keep(renamed.removeFirst());
            }
            return worked;
        } finally {
            if (inHand != null) {
                takeBack(inHand.path(), inHand.sizeBytes());
            }
            while (!renamed.isEmpty()) {
                takeBack(renamed.removeLast());
            }
        }
    }

    private Path pathOf(long number) {
        return directory.resolve(FileNames.segment(number));
    }

    private void delete(Used segment) {
        boolean deleted = false;
        try {
            disk.delete(segment.path());
            deleted = true;
        } finally {
            if (!deleted) {
                takeBack(segment.path(), segment.sizeBytes());
            }
        }
    }

    /** What can be ballast first: where there is none, other segments are given up for it. */
    private synchronized @Nullable Used pollUsed() {
        for (Used segment : used) {
            if (canBeBallast(segment.sizeBytes())) {
                used.remove(segment);
                return segment;
            }
        }
        return used.isEmpty() ? null : used.removeFirst();
    }

    /** As ballast where there is none; as another segment only where there is a way out already. */
    private synchronized boolean isWanted(Used segment, List<Segment> others) {
        boolean ballastComes =
                ballast != null
                        || others.stream().anyMatch(other -> canBeBallast(other.sizeBytes()));
        if (!ballastComes) {
            return canBeBallast(segment.sizeBytes());
        }
        int most = mayTake() ? readyMax : readyMin;
        return segment.sizeBytes() == segmentBytes
                && reserve.isThere()
                && ready.size() + others.size() < most;
    }

    /** Keeps a segment that is on record, closed. Waits while the heap is full. */
    private void keep(Segment segment) {
        segment.close();
        while (!isKept(segment)) {
            HeapPause.take();
        }
        noteAllThere();
    }

    private synchronized boolean isKept(Segment segment) {
        try {
            if (wantsBallast() && canBeBallast(segment.sizeBytes())) {
                ballast = segment;
            } else {
                ready.add(segment);
            }
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** The way out first: what else there is room for would be written full. */
    private boolean createWanted() {
        if (isAllLent()) {
            return false;
        }
        if (wantsBallast()) {
            keep(createBallast());
            return true;
        }
        if (reserve.make()) {
            return true;
        }
        if (hasWayOut() && wantsReady()) {
            budget.require(2 * segmentBytes + ballastBytes());
            keep(create(segmentBytes));
            return true;
        }
        return false;
    }

    /**
     * Out of the reserve where there is no other room: no flush has a use for it without a trim.
     */
    private Segment createBallast() {
        try {
            return createIfRoom(ballastBytes());
        } catch (StoreException.Full e) {
            if (reserve.keptBytes() < ballastBytes() || !reserve.tryLend()) {
                throw e;
            }
            reserve.giveBack();
            return create(ballastBytes());
        }
    }

    private synchronized boolean isAllLent() {
        return isAllLent;
    }

    private long ballastBytes() {
        return Math.min(segmentBytes, BALLAST_BYTES_MAX);
    }

    /**
     * Also one of an earlier process, which had other options: there may be no room for another.
     */
    private static boolean canBeBallast(long sizeBytes) {
        return sizeBytes <= BALLAST_BYTES_MAX;
    }

    private synchronized boolean wantsReady() {
        long bytes = 2 * segmentBytes + ballastBytes();
        return ready.size() < (budget.hasRoomFor(bytes) ? readyMin : 1);
    }

    private void requireRoomToTake() {
        budget.require(segmentBytes + ballastBytes());
    }

    private boolean mayTake() {
        return budget.hasRoomFor(segmentBytes + ballastBytes());
    }

    private synchronized boolean wantsBallast() {
        return ballast == null;
    }

    private Segment createIfRoom(long bytes) {
        try {
            return create(bytes);
        } catch (RuntimeException e) {
            throw StorageFailures.ofBackgroundWork(e);
        }
    }

    private Segment create(long bytes) {
        long number = register.nextNumber();
        Path path = pathOf(number);
        Path temporary = directory.resolve(FileNames.temporary(FileNames.segment(number)));
        List<Path> files = List.of(temporary, path);
        Segment made = null;
        try {
            try (DiskFile file = disk.create(temporary)) {
                file.preallocate(bytes);
                file.sync();
            }
            disk.rename(temporary, path);
            disk.syncDirectory(directory);
            made = new Segment(number, bytes, path);
            made.open(disk);
            register.add(List.of(prepared(made)));
            return made;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (made != null) {
                made.close();
            }
            boolean mayBeOnRecord = e instanceof StoreException.Failed;
            if (!mayBeOnRecord) {
                Leftovers.delete(disk, files, e);
            }
            throw e;
        }
    }

    private static RecordedSegment prepared(Segment segment) {
        return RecordedSegment.prepared(segment.number(), segment.sizeBytes());
    }

    /** Closes the files of all segments in the pool; they stay on record. */
    @Override
    public synchronized void close() {
        List<Segment> open = new ArrayList<>(ready);
        if (ballast != null) {
            open.add(ballast);
        }
        ready.clear();
        used.clear();
        ballast = null;
        Closing.all(open, Segment::close);
    }
}
