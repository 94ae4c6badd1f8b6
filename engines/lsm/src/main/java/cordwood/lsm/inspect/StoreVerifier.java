package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.inspect.FileReport.State;
import cordwood.lsm.manifest.ManifestContent;
import cordwood.lsm.manifest.ManifestReader;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.wal.LogEnd;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.lsm.wal.RecoveredLog;
import cordwood.lsm.wal.WalRecovery;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Verifies one store: its manifest, then the log as a whole, then file by file. Used once. */
final class StoreVerifier {

    private static final String MANIFEST = "manifest";
    private static final String SEGMENT = "log segment";
    private static final String TABLE = "table";

    private final Disk disk;
    private final Path directory;
    private final InspectionMemory memory;
    private final BooleanSupplier stopping;
    private final Consumer<FileReport> told;

    private final List<FileReport> reports = new ArrayList<>();
    private final Set<Path> known = new HashSet<>();
    private long records;
    private String log = "";

    StoreVerifier(
            Disk disk,
            Path directory,
            InspectionMemory memory,
            BooleanSupplier stopping,
            Consumer<FileReport> told) {
        this.disk = disk;
        this.directory = directory;
        this.memory = memory;
        this.stopping = stopping;
        this.told = told;
    }

    StoreReport verify() {
        Path path = directory.resolve(FileNames.MANIFEST);
        known.add(path);
        ManifestContent manifest;
        try {
            manifest =
                    ManifestReader.read(
                            disk,
                            path,
                            memory.chunks(),
                            memory.buffers(),
                            new ManifestReader.Visitor() {});
        } catch (StoreException.Corrupt damage) {
            report(FileReport.of(path, MANIFEST, "", List.of(damage)));
            return new StoreReport(reports, log, records, true);
        }
        ManifestState state = manifest.state();
        StoreId store = manifest.header().store();
        StoreException.Corrupt damage = checkLog(store, state);
        List<StoreException.Corrupt> lost =
                damage == null || isSegment(damage.file(), state) ? List.of() : List.of(damage);
        report(FileReport.of(path, MANIFEST, text(manifest), lost));
        for (RecordedSegment segment : state.segments()) {
            check(
                    FileNames.segment(segment.number()),
                    SEGMENT,
                    file -> segment(file, segment, damage));
        }
        for (TableEntry table : state.tables()) {
            check(FileNames.table(table.number()), TABLE, file -> table(file, store, table));
        }
        addOthers();
        return new StoreReport(reports, log, records, !stopping.getAsBoolean());
    }

    private boolean isSegment(@Nullable Path file, ManifestState state) {
        return state.segments().stream()
                .anyMatch(segment ->
                        directory.resolve(FileNames.segment(segment.number())).equals(file));
    }

    private static String text(ManifestContent content) {
        return "number %d, %,d frames, %,d tables and %,d segments on record%s"
                .formatted(
                        content.header().number(),
                        content.frames(),
                        content.state().tables().size(),
                        content.state().segments().size(),
                        content.torn() ? ", behind them a torn edit that does not count" : "");
    }

    /** Reads the log as opening the store would; answers what is wrong with it. */
    private StoreException.@Nullable Corrupt checkLog(StoreId store, ManifestState state) {
        if (state.segments().stream().anyMatch(segment -> !exists(segment))) {
            return null; // each missing one is reported by itself
        }
        try (BatchReplay replay = new BatchReplay(memory)) {
            RecoveredLog found =
                    new WalRecovery(disk, directory, store, memory.window(), replay)
                            .read(state.log());
            log = text(found);
            return null;
        } catch (StoreException.Corrupt damage) {
            return damage;
        }
    }

    private boolean exists(RecordedSegment segment) {
        return disk.exists(directory.resolve(FileNames.segment(segment.number())));
    }

    private static String text(RecoveredLog found) {
        LogEnd end = found.end();
        if (end.segment() == 0) {
            return "the log is empty";
        }
        String text =
                "the log has %,d batches and ends at offset %d of %s"
                        .formatted(
                                found.batches(),
                                end.offsetBytes(),
                                FileNames.segment(end.segment()));
        if (found.isEndOnRecord()) {
            return text + ", where it was closed";
        }
        String tail =
                found.droppedBytes() == 0
                        ? ", not closed: " + found.reason()
                        : ", behind it a torn tail of %,d bytes that do not count: %s"
                                .formatted(found.droppedBytes(), found.reason());
        return text + tail + RecoveredLog.doubt(found.unprovenBytes());
    }

    /** Checks a file that is on record. */
    private void check(String name, String kind, Check check) {
        Path path = directory.resolve(name);
        known.add(path);
        if (stopping.getAsBoolean()) {
            return;
        }
        if (disk.exists(path)) {
            FileReport report = check.of(path);
            report(report);
        } else {
            StoreException.Corrupt missing =
                    new StoreException.Corrupt(path + " is on record and missing", path, -1, null);
            report(new FileReport(path, State.MISSING, kind, "", List.of(missing)));
        }
    }

    private interface Check {
        FileReport of(Path path);
    }

    private FileReport segment(
            Path path, RecordedSegment segment, StoreException.@Nullable Corrupt logDamage) {
        SegmentCheck check = new SegmentCheck(path);
        String content = check.run(disk, memory, segment, stopping);
        records += check.records();
        List<StoreException.Corrupt> findings = new ArrayList<>(check.findings());
        if (logDamage != null && path.equals(logDamage.file())) {
            findings.add(logDamage);
        }
        return FileReport.of(path, SEGMENT, content, findings);
    }

    private FileReport table(Path path, StoreId store, TableEntry entry) {
        TableCheck check = new TableCheck(stopping);
        String content = check.run(disk, directory, store, entry, memory);
        records += check.records();
        return FileReport.of(path, TABLE, content, check.findings());
    }

    /** What lies there besides. */
    private void addOthers() {
        known.add(directory.resolve(FileNames.LOCK));
        known.add(directory.resolve(FileNames.RESERVE));
        known.add(directory.resolve(FileNames.MANIFEST_SPARE));
        for (Path path : disk.list(directory)) {
            if (!known.contains(path)) {
                boolean isOurs = FileNames.isOurs(path);
                report(
                        new FileReport(
                                path,
                                isOurs ? State.UNRECORDED : State.FOREIGN,
                                isOurs ? "left by a crash" : "no file of a store",
                                "",
                                List.of()));
            }
        }
    }

    private void report(FileReport report) {
        reports.add(report);
        told.accept(report);
    }
}
