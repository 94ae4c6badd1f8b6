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
 * Hands on the batches of a log: as opening the store would read them, and from where that finds
 * damage every one that is intact. Used once.
 */
final class SalvagedLog implements LogSalvage.Visitor {

    private static final String NAME = "write-ahead log";

    private final Disk disk;
    private final Path directory;
    private final InspectionMemory memory;
    private final SalvageTarget target;
    private final BooleanSupplier stopping;
    private final long recordsBefore;

    private final StretchScan scan = new StretchScan();
    private final List<Loss> losses = new ArrayList<>();

    SalvagedLog(
            Disk disk,
            Path directory,
            InspectionMemory memory,
            SalvageTarget target,
            BooleanSupplier stopping) {
        this.disk = disk;
        this.directory = directory;
        this.memory = memory;
        this.target = target;
        this.stopping = stopping;
        this.recordsBefore = target.records();
    }

    /** Saves a log that is on record, but for what is in tables. */
    SalvagedPart save(StoreId store, LogRecord recorded, long flushedSequence) {
        try (BatchReplay replay =
                new BatchReplay(memory, flushedSequence, body -> add(directory, -1, body))) {
            try {
                new WalRecovery(disk, directory, store, memory.window(), replay).read(recorded);
            } catch (StoreException.Corrupt | StoreException.Failed damage) {
                saveIntact(store, recorded.segments(), replay.acceptedSequence());
                noteDamage(damage);
            }
        }
        return part();
    }

    /** Saves the log of a store of which nobody knows what was on record. */
    SalvagedPart save(List<RecordedSegment> segments, long flushedSequence) {
        saveIntact(null, segments, flushedSequence);
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

    private void saveIntact(
            @Nullable StoreId store, List<RecordedSegment> segments, long afterSequence) {
        LogSalvage salvage =
                new LogSalvage(
                        disk, directory, memory.chunks(), memory.large(), memory.windowMemory());
        for (RecordedSegment segment : segments) {
            if (disk.exists(directory.resolve(FileNames.segment(segment.number())))) {
                long endOffset = segment.isSettled() ? segment.endBytes() : Long.MAX_VALUE;
                salvage.look(segment.number(), store, endOffset);
            }
        }
        salvage.run(afterSequence, this);
    }

    @Override
    public void batch(Path file, long offset, MemorySegment body) {
        add(file, offset, body);
    }

    private void add(Path file, long offset, MemorySegment body) {
        if (stopping.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
        try {
            scan.scan(body, 0, body.byteSize(), this::add);
        } catch (IllegalArgumentException e) {
            losses.add(new Loss(file, offset, -1, "the rest of a batch: " + e.getMessage()));
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
        return new SalvagedPart(
                NAME,
                target.records() - recordsBefore,
                losses.isEmpty() ? 0 : SalvagedPart.UNKNOWN,
                losses);
    }
}
