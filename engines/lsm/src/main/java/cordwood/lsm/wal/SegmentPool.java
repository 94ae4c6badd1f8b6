package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayDeque;
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
     * The ballast is a small segment for trims alone, so that there is a way to free space when the
     * disk is full.
     */
    private static final long BALLAST_BYTES_MAX = 1L << 20;

    private final Disk disk;
    private final Path directory;
    private final SegmentRegister register;
    private final long segmentBytes;
    private final int readyMin;
    private final int readyMax;

    // guarded by this
    private final ArrayDeque<Segment> ready = new ArrayDeque<>();
    private final ArrayDeque<Segment> used = new ArrayDeque<>();
    private @Nullable Segment ballast;
    private StoreException.@Nullable Full shortage;

    /**
     * An empty pool.
     *
     * @param segmentBytes size of an ordinary segment
     * @param readyMin how many are kept ready
     * @param readyMax how many are kept at most when more come back
     */
    public SegmentPool(
            Disk disk,
            Path directory,
            SegmentRegister register,
            long segmentBytes,
            int readyMin,
            int readyMax) {
        this.disk = disk;
        this.directory = directory;
        this.register = register;
        this.segmentBytes = segmentBytes;
        this.readyMin = readyMin;
        this.readyMax = readyMax;
    }

    /** Size of an ordinary segment. */
    public long segmentBytes() {
        return segmentBytes;
    }

    /** Whether a segment is ready. */
    public synchronized boolean hasReady() {
        return !ready.isEmpty();
    }

    /** Why no further segment could be prepared; null while there was room. */
    public synchronized StoreException.@Nullable Full shortage() {
        return shortage;
    }

    /** A ready segment with room for a group, or null. */
    public synchronized @Nullable Segment tryTake(long groupBytes) {
        return WalWriter.segmentBytes(groupBytes) <= segmentBytes ? ready.poll() : null;
    }

    /** The segment kept for trims, or null. */
    public synchronized @Nullable Segment tryTakeBallast(long groupBytes) {
        Segment taken = ballast;
        if (taken == null || WalWriter.segmentBytes(groupBytes) > taken.sizeBytes()) {
            return null;
        }
        ballast = null;
        return taken;
    }

    /**
     * Makes a segment for one group that is larger than ordinary ones.
     *
     * @throws StoreException.Full when the disk has no room; nothing is left behind
     */
    public Segment createOversize(long groupBytes) {
        try {
            return create(WalWriter.segmentBytes(groupBytes));
        } catch (FileFailure e) {
            throw StorageFailures.ofBackgroundWork(e);
        }
    }

    /** Takes segments back that are no longer on record. */
    public synchronized void takeBack(List<Segment> segments) {
        used.addAll(segments);
    }

    /** Gives up what came back and was not renamed yet: its files are nobody's then. */
    public synchronized void abandonUsed() {
        List<Segment> open = List.copyOf(used);
        used.clear();
        Closing.all(open, Segment::close);
    }

    /**
     * Does some of what is there to do: renames what came back, or makes one segment.
     *
     * @return false when there was nothing to do, or no room to do it
     * @throws StoreException.Failed when the storage failed in another way than for want of room
     */
    public boolean prepare() {
        try {
            return renameUsed() || createWanted();
        } catch (FileFailure e) {
            StoreException failure = StorageFailures.ofBackgroundWork(e);
            if (failure instanceof StoreException.Full full) {
                noteShortage(full);
                return false;
            }
            throw failure;
        } catch (StoreException.Full full) {
            noteShortage(full); // the record itself had no room
            return false;
        }
    }

    private synchronized void noteShortage(StoreException.Full full) {
        shortage = full;
    }

    private boolean renameUsed() {
        List<Segment> renamed = new ArrayList<>();
        Segment inHand = null;
        try {
            boolean worked = false;
            while ((inHand = pollUsed()) != null) {
                worked = true;
                inHand.close();
                if (inHand.sizeBytes() == segmentBytes && isWanted(renamed.size())) {
                    renamed.add(renamed(inHand));
                } else {
                    disk.delete(inHand.path());
                }
            }
            if (!renamed.isEmpty()) {
                disk.syncDirectory(directory);
                register.add(renamed.stream().map(Segment::number).toList());
            }
            addReady(renamed);
            renamed.clear();
            return worked;
        } finally {
            takeBack(renamed);
            if (inHand != null) {
                takeBack(List.of(inHand));
            }
        }
    }

    private Segment renamed(Segment segment) {
        long number = register.nextNumber();
        Path path = directory.resolve(FileNames.segment(number));
        disk.rename(segment.path(), path);
        return new Segment(number, segmentBytes, disk.open(path));
    }

    private synchronized @Nullable Segment pollUsed() {
        return used.poll();
    }

    private synchronized boolean isWanted(int more) {
        return ready.size() + more < readyMax;
    }

    private synchronized void addReady(List<Segment> segments) {
        ready.addAll(segments);
        shortage = segments.isEmpty() ? shortage : null;
    }

    private boolean createWanted() {
        if (wantsReady()) {
            addReady(List.of(create(segmentBytes)));
            return true;
        }
        if (wantsBallast()) {
            setBallast(create(Math.min(segmentBytes, BALLAST_BYTES_MAX)));
            return true;
        }
        return false;
    }

    private synchronized boolean wantsReady() {
        return ready.size() < readyMin;
    }

    private synchronized boolean wantsBallast() {
        return ballast == null;
    }

    private synchronized void setBallast(Segment segment) {
        ballast = segment;
        shortage = null;
    }

    private Segment create(long bytes) {
        long number = register.nextNumber();
        Path path = directory.resolve(FileNames.segment(number));
        Path temporary = directory.resolve(FileNames.temporary(FileNames.segment(number)));
        try (DiskFile file = disk.create(temporary)) {
            file.preallocate(bytes);
            file.sync();
        } catch (FileFailure e) {
            Leftovers.delete(disk, List.of(temporary), e);
            throw e;
        }
        disk.rename(temporary, path);
        disk.syncDirectory(directory);
        register.add(List.of(number));
        return new Segment(number, bytes, disk.open(path));
    }

    /** Closes the files of all segments in the pool; they stay on record. */
    @Override
    public synchronized void close() {
        List<Segment> open = new ArrayList<>(ready);
        open.addAll(used);
        if (ballast != null) {
            open.add(ballast);
        }
        ready.clear();
        used.clear();
        ballast = null;
        Closing.all(open, Segment::close);
    }
}
