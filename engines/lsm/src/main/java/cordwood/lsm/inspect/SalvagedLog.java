package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchScan;
import cordwood.lsm.wal.LogRecord;
import cordwood.lsm.wal.LogSalvage;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.lsm.wal.WalRecovery;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the batches of a log: those that tables hold, too, between the tables where these may be
 * damaged; the others as opening the store would read them, and from where that finds damage every
 * one that is intact. Used once.
 */
final class SalvagedLog implements LogSalvage.Visitor {

    private static final String NAME = "write-ahead log";
    private static final String NAME_AGAIN = "log, up to the tables";

    private final Disk disk;
    private final Path directory;
    private final InspectionMemory memory;
    private final SalvageTarget target;
    private final BooleanSupplier stopping;
    private final LogSalvage intact;

    private final StretchScan scan = new StretchScan();
    private final List<Loss> losses = new ArrayList<>();
    private long saved;
    private long savedAgain;
    private long doneAgainSequence;

    /**
     * A log of which nothing was saved yet.
     *
     * @param store which it belongs to; null when nobody knows
     */
    SalvagedLog(
            Disk disk,
            Path directory,
            @Nullable StoreId store,
            List<RecordedSegment> segments,
            InspectionMemory memory,
            SalvageTarget target,
            BooleanSupplier stopping) {
        this.disk = disk;
        this.directory = directory;
        this.memory = memory;
        this.target = target;
        this.stopping = stopping;
        this.intact =
                new LogSalvage(
                        disk, directory, memory.chunks(), memory.large(), memory.windowMemory());
        for (RecordedSegment segment : segments) {
            if (disk.exists(directory.resolve(FileNames.segment(segment.number())))) {
                long endOffset = segment.isSettled() ? segment.endBytes() : Long.MAX_VALUE;
                intact.look(segment.number(), store, endOffset);
            }
        }
    }

    /** Whether it has batches that are in a table up to this sequence, too. */
    boolean reaches(long lastSequence) {
        return intact.firstSequence() <= lastSequence;
    }

    /**
     * Saves what a table up to this sequence holds, too, unless an older one does. That comes
     * before the table, so that what this holds of later batches wins; what is missing is for it to
     * tell.
     */
    void saveAgain(long lastSequence) {
        long before = saved;
        intact.run(doneAgainSequence, lastSequence, new Again());
        doneAgainSequence = lastSequence;
        savedAgain += saved - before;
        saved = before;
    }

    /** Records that were saved although tables hold them. */
    long savedAgain() {
        return savedAgain;
    }

    /** What became of the batches that tables hold, too. */
    SalvagedPart partAgain() {
        return new SalvagedPart(NAME_AGAIN, savedAgain, 0, List.of());
    }

    private final class Again implements LogSalvage.Visitor {
        @Override
        public void batch(Path file, long offset, MemorySegment body) {
            add(body);
        }

        @Override
        public void missing(long firstSequence, long lastSequence) {}

        @Override
        public void replaced(Path file, long offset, long sequence) {}
    }

    /** Saves a log that is on record, but for what is in tables. */
    SalvagedPart save(StoreId store, LogRecord recorded, long flushedSequence) {
        try (BatchReplay replay =
                new BatchReplay(memory, flushedSequence, body -> batch(directory, -1, body))) {
            try {
                new WalRecovery(disk, directory, store, memory.window(), replay).read(recorded);
            } catch (StoreException.Corrupt | StoreException.Failed damage) {
                intact.run(replay.acceptedSequence(), Long.MAX_VALUE, this);
                noteDamage(damage);
            }
        }
        return part();
    }

    /** Saves the log of a store of which nobody knows what was on record. */
    SalvagedPart save(long flushedSequence) {
        intact.run(flushedSequence, Long.MAX_VALUE, this);
        return part();
    }

    /** Where a log ends that is damaged nobody knows for certain. */
    private void noteDamage(StoreException damage) {
        Path file = damage instanceof StoreException.Corrupt corrupt ? corrupt.file() : null;
        long offset = damage instanceof StoreException.Corrupt corrupt ? corrupt.offsetBytes() : -1;
        losses.add(
                new Loss(
                        file == null ? directory : file,
                        offset,
                        -1,
                        "maybe batches at the end of the log: " + damage.getMessage()));
    }

    @Override
    public void batch(Path file, long offset, MemorySegment body) {
        String damage = add(body);
        if (damage != null) {
            losses.add(new Loss(file, offset, -1, "the rest of a batch: " + damage));
        }
    }

    /** Adds the stretches of a batch up to the first that is none: why that is none, or null. */
    private @Nullable String add(MemorySegment body) {
        if (stopping.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
        long before = target.records();
        try {
            scan.scan(body, 0, body.byteSize(), this::add);
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        } finally {
            saved += target.records() - before;
        }
    }

    private void add(StreamKey key, StretchRecords records) {
        target.add(key, records);
    }

    @Override
    public void missing(long firstSequence, long lastSequence) {
        losses.add(
                new Loss(
                        directory,
                        -1,
                        -1,
                        "batches %d to %d".formatted(firstSequence, lastSequence)));
    }

    @Override
    public void replaced(Path file, long offset, long sequence) {
        losses.add(
                new Loss(
                        file,
                        offset,
                        -1,
                        "batch %d, in whose place an earlier one of its sequence was saved"
                                .formatted(sequence)));
    }

    private SalvagedPart part() {
        return new SalvagedPart(NAME, saved, losses.isEmpty() ? 0 : SalvagedPart.UNKNOWN, losses);
    }
}
