package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a log back: every batch from its start to its end, in order. Where the log ends and whether
 * that is a torn tail or damage is decided here. Used once, by one thread.
 */
public final class WalRecovery {

    /*
     * The segments that were begun are put in order by where in the log they start. The log ends at
     * the first place X where no intact next frame is, or from where no segment goes on. Everything
     * intact behind X, in this segment and in others, is searched for the highest position P that the
     * writer promised to be synced. P > X: what is missing at X had been synced, so it was damaged
     * since, and opening is refused. P <= X: nobody was promised what is missing; it is a torn tail,
     * and with it goes all behind it.
     *
     * What vanished may have taken its promises along. So the record of the log has a position up to
     * which it was synced, which is such a promise too, the segments begun, and the size each was
     * prepared with: no file gets shorter. Behind that position the record knows nothing.
     *
     * A settled segment must be intact up to its end: an earlier recovery synced it, or a close did.
     *
     * A segment is begun only once it is on record. One that is not, and yet goes on from X or promises
     * more than X, has lost its record: that is damage of the manifest.
     */
    private record Begun(RecordedSegment segment, WalDescriptor.Link link) {}

    private final Disk disk;
    private final Path directory;
    private final StoreId store;
    private final MemorySegment window;
    private final Replay replay;

    private final Set<Long> recordedNumbers = new HashSet<>();
    private final List<Begun> begun = new ArrayList<>();
    private final List<RecordedSegment> unbegun = new ArrayList<>();

    // the part of the log read so far
    private final List<RecordedSegment> read = new ArrayList<>();
    private long position;
    private long predecessor;
    private long predecessorEnd;
    private long lastSequence;
    private long batches;
    private long bytes;
    private String reason = "every segment was read to its end";

    /** A recovery that reads through {@code window}, of a page at least. */
    public WalRecovery(Disk disk, Path directory, StoreId store, Region window, Replay replay) {
        this.disk = disk;
        this.directory = directory;
        this.store = store;
        this.window = window.memory();
        this.replay = replay;
    }

    /**
     * Reads the log and syncs what it accepts.
     *
     * @throws cordwood.store.StoreException.Corrupt when something that was synced is damaged
     */
    public RecoveredLog recover(LogRecord recorded) {
        RecoveredLog log = read(recorded);
        try {
            for (RecordedSegment segment : log.segments()) {
                try (DiskFile file = disk.open(path(segment.number()))) {
                    file.sync();
                }
            }
        } catch (FileFailure e) {
            throw StorageFailures.ofRead(e);
        }
        return log;
    }

    /**
     * Reads the log and changes nothing: what it accepts may not have been synced.
     *
     * @throws cordwood.store.StoreException.Corrupt when something that was synced is damaged
     */
    public RecoveredLog read(LogRecord recorded) {
        lastSequence = recorded.flushedSequence();
        position = recorded.startPosition();
        try {
            recorded.segments().forEach(segment -> recordedNumbers.add(segment.number()));
            recorded.segments().forEach(this::readLink);
            begun.sort(Comparator.comparingLong(segment -> segment.link().startPosition()));
            while (read.size() < begun.size() && readSegment(begun.get(read.size()))) {
                replay.progress(read.size(), begun.size());
            }
            return end(recorded);
        } catch (FileFailure e) {
            throw StorageFailures.ofRead(e);
        }
    }

    private void readLink(RecordedSegment segment) {
        try (DiskFile file = disk.openReadOnly(path(segment.number()))) {
            if (file.sizeBytes() < segment.sizeBytes()) {
                throw Corruption.at(
                        file.path(),
                        file.sizeBytes(),
                        "a segment of " + segment.sizeBytes() + " bytes",
                        file.sizeBytes() + " bytes");
            }
            WalDescriptor.Link link = reader(segment, file).link(header(segment.number()));
            if (link != null) {
                begun.add(new Begun(segment, link));
            } else if (segment.isSettled()) {
                throw Corruption.at(file.path(), 0, "the header of a settled segment", "none");
            } else {
                unbegun.add(segment);
            }
        }
    }

    /** Reads one segment; false when the log ends before it. */
    private boolean readSegment(Begun next) {
        if (!(read.isEmpty() ? startsWith(next.link()) : goesOnWith(next.link()))) {
            return false;
        }
        RecordedSegment segment = next.segment();
        try (DiskFile file = disk.openReadOnly(path(segment.number()))) {
            readFrames(reader(segment, file), segment);
        }
        return true;
    }

    private boolean startsWith(WalDescriptor.Link link) {
        if (link.lastSequence() <= lastSequence) {
            position = link.startPosition();
            lastSequence = link.lastSequence();
            return true;
        }
        position = link.startPosition() - link.predecessorEnd();
        predecessor = link.predecessor();
        reason = "the segment before the first was not begun";
        if (unbegun.stream().noneMatch(segment -> segment.number() == link.predecessor())) {
            throw Corruption.at(
                    path(link.predecessor()),
                    0,
                    "a segment on record with the batches up to " + link.lastSequence(),
                    "tables with the batches up to " + lastSequence);
        }
        return false;
    }

    private boolean goesOnWith(WalDescriptor.Link link) {
        if (link.predecessor() == predecessor && link.predecessorEnd() < predecessorEnd) {
            throw Corruption.at(
                    path(predecessor),
                    link.predecessorEnd(),
                    "the end of the segment, as the next one says",
                    "more batches");
        }
        return link.predecessor() == predecessor
                && link.predecessorEnd() == predecessorEnd
                && link.lastSequence() == lastSequence
                && link.startPosition() == position;
    }

    private void readFrames(SegmentReader reader, RecordedSegment segment) {
        long offset = WalDescriptor.FRAMES_AT;
        while (offset != segment.endBytes()) {
            long extentBytes = readFrame(reader, offset);
            if (extentBytes == 0 && segment.isSettled()) {
                throw Corruption.at(
                        reader.path(), offset, "an intact batch of a settled segment", reason);
            }
            if (extentBytes == 0) {
                break;
            }
            offset += extentBytes;
        }
        read.add(segment.settled(offset, lastSequence));
        position += offset;
        predecessor = segment.number();
        predecessorEnd = offset;
    }

    /** Reads the frame at an offset; its extent, or 0 when no intact next one is there. */
    private long readFrame(SegmentReader reader, long offset) {
        String place = "at offset %d of %s".formatted(offset, reader.path().getFileName());
        long at = reader.frame(offset);
        if (at < 0) {
            reason = "no frame " + place;
            return 0;
        }
        MemorySegment head = reader.window();
        long sequence = WalDescriptor.sequence(head, at);
        long extentBytes = WalDescriptor.extentBytes(head, at);
        int checksum = WalDescriptor.bodyChecksum(head, at);
        if (sequence != lastSequence + 1) {
            reason = "sequence %d instead of %d %s".formatted(sequence, lastSequence + 1, place);
            return 0;
        }
        MemorySegment room = replay.room(WalDescriptor.bodyBytes(head, at), sequence);
        if (!reader.readBody(offset, checksum, room)) {
            replay.reject();
            reason = "a damaged batch " + place;
            return 0;
        }
        accept(reader.path(), offset);
        lastSequence = sequence;
        batches++;
        bytes += extentBytes;
        return extentBytes;
    }

    private void accept(Path file, long offset) {
        try {
            replay.accept();
        } catch (IllegalArgumentException e) {
            throw Corruption.at(file, offset, "a batch of stretches", e.getMessage() + "");
        }
    }

    private RecoveredLog end(LogRecord recorded) {
        Beyond beyond = lookBeyond().with(recorded.syncedPosition(), 0);
        if (beyond.syncedPosition() > position) {
            throw damage(
                    "a batch, for the log was synced up to position " + beyond.syncedPosition(),
                    "none at position " + position + " (" + reason + ")");
        }
        // tables may hold batches whose frames were lost with the tail: their sequences are taken
        long takenSequence = Math.max(lastSequence, recorded.flushedSequence());
        new UnrecordedSegments(disk, directory, store, window)
                .requireNoneMissed(recordedNumbers, position, takenSequence);
        List<Long> unused = new ArrayList<>();
        unbegun.forEach(segment -> unused.add(segment.number()));
        begunBehind().forEach(behind -> unused.add(behind.segment().number()));
        LogEnd end = new LogEnd(predecessor, predecessorEnd, position, takenSequence);
        return new RecoveredLog(
                List.copyOf(read),
                unused,
                end,
                isEndOnRecord(),
                batches,
                bytes,
                beyond.framesBytes(),
                unprovenBytes(recorded),
                reason);
    }

    private boolean isEndOnRecord() {
        return !read.isEmpty() && begun.get(read.size() - 1).segment().isSettled();
    }

    private long unprovenBytes(LogRecord recorded) {
        boolean settled = read.isEmpty() || isEndOnRecord();
        if (settled && unbegun.stream().noneMatch(RecordedSegment::isBegun)) {
            return 0;
        }
        long syncedMax = recorded.syncedPosition() + LogMilestones.UNRECORDED_BYTES_MAX;
        return Math.max(0, syncedMax - position);
    }

    private List<Begun> begunBehind() {
        return begun.subList(read.size(), begun.size());
    }

    /** Searches what lies behind the end of the log. */
    private Beyond lookBeyond() {
        Beyond beyond = Beyond.NOTHING;
        if (!read.isEmpty() && !isEndOnRecord()) {
            beyond = scan(begun.get(read.size() - 1).segment(), predecessorEnd, beyond);
        }
        for (Begun behind : begunBehind()) {
            if (behind.segment().isSettled()) {
                throw damage(
                        "batches up to " + path(behind.segment().number()) + ", which is settled",
                        reason);
            }
            beyond = beyond.with(behind.link().syncedPosition(), 0);
            beyond = scan(behind.segment(), WalDescriptor.FRAMES_AT, beyond);
        }
        for (RecordedSegment segment : unbegun) {
            Beyond own = scan(segment, WalDescriptor.FRAMES_AT, Beyond.NOTHING);
            if (own.syncedPosition() > position) {
                throw withoutHeader(segment, "the batches in it were synced");
            }
            beyond = beyond.with(own.syncedPosition(), own.framesBytes());
        }
        return beyond;
    }

    /** Blames the end of the log, or the segment behind it that lost its header. */
    private StoreException.Corrupt damage(String expected, String found) {
        for (Begun behind : begunBehind()) {
            for (RecordedSegment segment : unbegun) {
                if (segment.number() == behind.link().predecessor()) {
                    return withoutHeader(
                            segment, path(behind.segment().number()) + " goes on from it");
                }
            }
        }
        for (RecordedSegment segment : unbegun) {
            if (segment.isBegun() && segment.startPosition() <= position) {
                return withoutHeader(segment, "that is on record");
            }
        }
        return Corruption.at(path(predecessor), predecessorEnd, expected, found);
    }

    private StoreException.Corrupt withoutHeader(RecordedSegment segment, String because) {
        return Corruption.at(
                path(segment.number()),
                0,
                "the header of a segment that was begun, for " + because,
                "none that is intact");
    }

    /**
     * Searches a segment. One whose header says that it was not begun is looked at only where its
     * first frames would be, in case just the header was damaged.
     */
    private Beyond scan(RecordedSegment segment, long from, Beyond before) {
        boolean brief = unbegun.contains(segment);
        try (DiskFile file = disk.openReadOnly(path(segment.number()))) {
            long to = brief ? from + window.byteSize() : Long.MAX_VALUE;
            return reader(segment, file).scan(from, to, before);
        }
    }

    private SegmentReader reader(RecordedSegment segment, DiskFile file) {
        return new SegmentReader(file, segment.number(), window);
    }

    private FileHeader header(long number) {
        return FileHeader.of(FileKind.WAL_SEGMENT, store, number);
    }

    private Path path(long number) {
        return directory.resolve(FileNames.segment(number));
    }
}
