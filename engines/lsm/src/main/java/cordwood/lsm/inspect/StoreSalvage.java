package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.manifest.ManifestContent;
import cordwood.lsm.manifest.ManifestReader;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.TableSalvage;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Saves what is sound of one store: its tables, the oldest first, then its log. Used once. */
final class StoreSalvage {

    /*
     * What comes later wins in the new store, so the order is that of the sequence. Where a table is
     * damaged that was written of batches that the log still has, these are saved in between.
     *
     * Without a manifest every file that says it is a table counts, also one that a crash left: it
     * holds what others hold, too, or what was trimmed, and the trims are saved as well.
     */
    private static final long NOT_RECORDED = 0;

    /** A table that may be there: with 0 for what nobody knows. */
    private record Candidate(long number, long sizeBytes, long lastSequence) {}

    private final Disk disk;
    private final Path directory;
    private final InspectionMemory memory;
    private final BooleanSupplier stopping;
    private final SalvageTarget target;
    private final Consumer<SalvagedPart> told;

    private final TableSalvage tables;
    private final List<SalvagedPart> parts = new ArrayList<>();

    StoreSalvage(
            Disk disk,
            Path directory,
            InspectionMemory memory,
            BooleanSupplier stopping,
            SalvageTarget target,
            Consumer<SalvagedPart> told) {
        this.disk = disk;
        this.directory = directory;
        this.memory = memory;
        this.stopping = stopping;
        this.target = target;
        this.told = told;
        this.tables =
                new TableSalvage(
                        disk, memory.chunks(), memory.large(), memory.windowMemory(), stopping);
    }

    /**
     * Saves everything.
     *
     * @throws CancellationException when it was stopped
     */
    SalvageReport run() {
        ManifestContent manifest = manifest();
        ManifestState state = manifest == null ? null : manifest.state();
        StoreId store = manifest == null ? null : manifest.header().store();
        List<Candidate> candidates = oldestFirst(state == null ? byName() : onRecord(state));
        List<RecordedSegment> segments = state == null ? segmentsByName() : state.segments();
        SalvagedLog log =
                new SalvagedLog(disk, directory, store, segments, memory, target, stopping);
        long flushedSequence = state == null ? NOT_RECORDED : state.flushedSequence();
        try (tables) {
            boolean isLogNeeded = store == null || isAnyDamaged(candidates, store, log);
            for (Candidate table : candidates) {
                if (isLogNeeded) {
                    log.saveAgain(table.lastSequence());
                }
                save(table, store, log.savedAgain() > 0);
                flushedSequence = Math.max(flushedSequence, table.lastSequence());
            }
        }
        if (log.savedAgain() > 0) {
            note(log.partAgain());
        }
        note(
                state == null || store == null
                        ? log.save(flushedSequence)
                        : log.save(store, state.log(), flushedSequence));
        target.finish();
        return new SalvageReport(parts, true);
    }

    /** Whether anything is missing in a table of which the log may have something. */
    private boolean isAnyDamaged(List<Candidate> candidates, StoreId store, SalvagedLog log) {
        for (Candidate table : candidates) {
            if (log.reaches(table.lastSequence()) && !isWhole(table, store)) {
                return true;
            }
        }
        return false;
    }

    private boolean isWhole(Candidate table, StoreId store) {
        Path path = directory.resolve(FileNames.table(table.number()));
        if (!disk.exists(path)) {
            return false;
        }
        try {
            TableSalvage.Totals totals = tables.totals(path, table.number());
            TableSalvage.Count count = new TableSalvage.Count();
            tables.run(path, store, table.number(), table.sizeBytes(), count);
            requireGoingOn();
            return totals != null && count.records() == totals.recordCount();
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            return false;
        }
    }

    private static List<Candidate> oldestFirst(List<Candidate> candidates) {
        return candidates.stream()
                .sorted(
                        Comparator.comparingLong(Candidate::lastSequence)
                                .thenComparingLong(Candidate::number))
                .toList();
    }

    private static List<Candidate> onRecord(ManifestState state) {
        List<Candidate> candidates = new ArrayList<>();
        for (TableEntry entry : state.tables()) {
            candidates.add(new Candidate(entry.number(), entry.sizeBytes(), entry.lastSequence()));
        }
        return candidates;
    }

    private @Nullable ManifestContent manifest() {
        Path path = directory.resolve(FileNames.MANIFEST);
        if (!disk.exists(path)) {
            note(ofManifest(new Loss(path, -1, -1, "which files count: it is missing")));
            return null;
        }
        try {
            return ManifestReader.read(
                    disk, path, memory.chunks(), memory.buffers(), new ManifestReader.Visitor() {});
        } catch (StoreException.Corrupt damage) {
            noteManifest(path, damage.offsetBytes(), damage);
            return null;
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            noteManifest(path, e.offsetBytes(), e);
            return null;
        }
    }

    private void noteManifest(Path path, long offsetBytes, RuntimeException damage) {
        String what = "which files count: " + damage.getMessage();
        note(ofManifest(new Loss(path, offsetBytes, -1, what)));
    }

    private static SalvagedPart ofManifest(Loss loss) {
        return new SalvagedPart("manifest", 0, SalvagedPart.UNKNOWN, List.of(loss));
    }

    private List<Candidate> byName() {
        List<Candidate> candidates = new ArrayList<>();
        for (Path path : filesByName(FileKind.TABLE)) {
            long number = FileNames.number(path);
            TableSalvage.Totals totals = tables.totals(path, number);
            long lastSequence = totals == null ? NOT_RECORDED : totals.lastSequence();
            candidates.add(new Candidate(number, NOT_RECORDED, lastSequence));
        }
        return candidates;
    }

    private List<RecordedSegment> segmentsByName() {
        return filesByName(FileKind.WAL_SEGMENT).stream()
                .map(path -> RecordedSegment.prepared(FileNames.number(path), NOT_RECORDED))
                .toList();
    }

    private List<Path> filesByName(FileKind kind) {
        return disk.list(directory).stream()
                .filter(path -> FileNames.kind(path) == kind && !disk.isDirectory(path))
                .toList();
    }

    private void save(Candidate table, @Nullable StoreId store, boolean isLogSaved) {
        Path path = directory.resolve(FileNames.table(table.number()));
        SalvagedTable saved = new SalvagedTable(path, target, isLogSaved);
        if (!disk.exists(path)) {
            note(saved.whole("it is on record and missing"));
            return;
        }
        try {
            TableSalvage.Totals totals = tables.totals(path, table.number());
            tables.run(path, store, table.number(), table.sizeBytes(), saved);
            requireGoingOn();
            note(saved.part(totals));
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            note(saved.whole(String.valueOf(e.getMessage())));
        }
    }

    private void requireGoingOn() {
        if (stopping.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
    }

    private void note(SalvagedPart part) {
        parts.add(part);
        told.accept(part);
    }
}
