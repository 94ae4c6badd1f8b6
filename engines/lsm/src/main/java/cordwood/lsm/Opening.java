package cordwood.lsm;

import cordwood.files.DirectoryLock;
import cordwood.files.FileFailure;
import cordwood.lsm.checkpoint.Checkpointer;
import cordwood.lsm.checkpoint.StoreCopy;
import cordwood.lsm.compaction.CompactionScheduler;
import cordwood.lsm.compaction.DiskRoom;
import cordwood.lsm.flush.FlushDebt;
import cordwood.lsm.flush.Flusher;
import cordwood.lsm.flush.TableStore;
import cordwood.lsm.flush.TrimHold;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.CountedDisk;
import cordwood.lsm.format.DiskBudget;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.SpaceReserve;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.CompressionPolicy;
import cordwood.lsm.table.DirectoryMemory;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.wal.LiveSegments;
import cordwood.lsm.wal.LogMilestones;
import cordwood.lsm.wal.LogRecord;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.lsm.wal.RecoveredLog;
import cordwood.lsm.wal.Segment;
import cordwood.lsm.wal.SegmentPool;
import cordwood.lsm.wal.WalFigures;
import cordwood.lsm.wal.WalRecovery;
import cordwood.lsm.wal.WalWriter;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.store.HeapPause;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Opens a store: claims the directory, reads the manifest, opens the tables, reads the log back.
 * What was acquired is given back when a later step fails. Used once, by one thread.
 */
final class Opening {

    private static final int WINDOW_BYTES = 1 << 20;
    private static final int SEGMENTS_READY_MIN = 2;

    private final Path directory;
    private final LsmSettings settings;
    private final LsmEnvironment environment;
    private final CountedDisk disk;
    private final List<AutoCloseable> acquired =
            new ArrayList<>(); // no deque, which a full heap may empty

    Opening(Path directory, LsmSettings settings, LsmEnvironment environment) {
        this.directory = directory;
        this.settings = settings;
        this.environment = environment;
        this.disk = new CountedDisk(environment.disk(), directory);
    }

    /** Opens the store made of the parts, or throws with everything given back. */
    <T> T open(Function<StoreParts, T> maker) {
        boolean opened = false;
        try {
            T store = maker.apply(assemble());
            opened = true;
            return store;
        } catch (FileFailure e) {
            throw StorageFailures.ofOpen(directory, e);
        } catch (MemoryRefused e) {
            throw new StoreException.Busy("no memory to open a store: " + e.getMessage());
        } catch (StoreException.Failed e) {
            throw StorageFailures.isFullHeap(e.getCause())
                    ? new StoreException.Busy("no heap to open a store")
                    : e;
        } finally {
            if (!opened) {
                giveBack();
            }
        }
    }

    private <T extends AutoCloseable> T acquired(T resource) {
        boolean kept = false;
        try {
            acquired.add(resource);
            kept = true;
            return resource;
        } finally {
            if (!kept) {
                release(resource);
            }
        }
    }

    private void giveBack() {
        while (!acquired.isEmpty()) {
            release(acquired.removeLast());
        }
    }

    /**
     * Closes something, whatever that throws: the failure that brought us here is the one to
     * report. It is given up where no heap comes; the lock needs none.
     */
    private static void release(AutoCloseable resource) {
        boolean again = true;
        while (again) {
            again = false;
            try {
                resource.close();
            } catch (OutOfMemoryError _) {
                again = isHeapAwaited();
            } catch (Throwable _) {
                // as said
            }
        }
    }

    private static boolean isHeapAwaited() {
        try {
            HeapPause.take();
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    private StoreParts assemble() {
        long startNanos = System.nanoTime();
        DirectoryLock lock = acquired(StoreDirectory.claim(disk, directory));
        MemoryOptions wanted = MemoryOptions.ofBudget(settings.memoryBudgetBytes());
        Memory memory = acquired(environment.memory().apply(wanted));
        Chunks chunks = memory.chunks();
        Account buffers = memory.budget().account("buffers");
        BackgroundShare share =
                acquired(new BackgroundShare(memory, buffers, settings.backgroundBytes()));
        Account large = memory.budget().account("large-values");
        Account memtableAccount = memory.budget().account("memtables");
        Account indexAccount = memory.budget().account("memtable-index");
        Manifest manifest =
                acquired(
                        Manifest.exists(disk, directory)
                                ? Manifest.open(disk, directory, chunks, buffers)
                                : Manifest.create(disk, directory, chunks, buffers));
        noteNumbersInUse(manifest);
        DirectoryMemory directories =
                new DirectoryMemory(
                        chunks,
                        memory.budget().account("table-readers"),
                        settings.directoryBytes());
        memory.addReclaimer(directories);
        BlockCache cache =
                new BlockCache(
                        chunks,
                        memory.budget().account("block-cache"),
                        large,
                        settings.blockCacheBytes(),
                        settings.blockBytes(),
                        directories);
        TableStore tables =
                new TableStore(
                        disk,
                        directory,
                        manifest,
                        cache,
                        new TableWriter.Style(
                                settings.blockBytes(),
                                new CompressionPolicy(settings.codecs()),
                                new CompressionPolicy(settings.coldCodecs()),
                                settings.tableBytesMax()),
                        environment.syncs());
        MemtablePool memtables =
                new MemtablePool(
                        chunks,
                        memtableAccount,
                        indexAccount,
                        settings.memtableBytes(),
                        settings.memtables(),
                        settings.memtableBytes() / 32);
        Versions versions = new Versions(firstVersion(manifest, tables, memtables));
        acquired(() -> closeTables(versions.current()));
        LiveSegments live = acquired(new LiveSegments());
        LogRecord recorded = manifest.read(ManifestState::log);
        LogMilestones milestones = new LogMilestones(recorded.syncedPosition());
        ManifestRegister register = new ManifestRegister(manifest, milestones);
        Shortages shortages = new Shortages();
        DiskBudget budget =
                new DiskBudget(
                        settings.diskBudgetBytes(),
                        settings.mergeBytesKept(),
                        disk::heldBytes,
                        live::sizeBytes);
        SegmentPool segments =
                acquired(
                        new SegmentPool(
                                disk,
                                directory,
                                register,
                                SpaceReserve.of(
                                        disk,
                                        directory.resolve(FileNames.RESERVE),
                                        settings.reserveBytes()),
                                budget,
                                shortages,
                                settings.segmentBytes(),
                                SEGMENTS_READY_MIN,
                                Math.toIntExact(settings.walBytesMax() / settings.segmentBytes())));
        WalFigures figures = new WalFigures();
        FlushDebt debt =
                new FlushDebt(
                        new FlushDebt.Parts(
                                figures::bytes,
                                settings.quietBytesMax(),
                                () -> versions.current().filledBytesPerNano(),
                                versions::debtBytes,
                                environment.isPatient() ? settings.debtBytesFree() : 0,
                                settings.debtBytesMax(),
                                live::sizeBytes,
                                settings.walBytesMax() / 2,
                                memtables::hasIdle));
        TrimHold trimHold = new TrimHold();
        Flusher flusher =
                new Flusher(
                        new Flusher.Parts(
                                versions,
                                tables,
                                live,
                                segments,
                                memtables,
                                debt,
                                trimHold,
                                shortages,
                                chunks.region(buffers, TableWriter.ROOM_BYTES)));
        CompactionScheduler compaction =
                new CompactionScheduler(
                        new CompactionScheduler.Parts(
                                versions,
                                tables,
                                trimHold,
                                shortages,
                                new DiskRoom(budget, () -> disk.usableBytes(directory), segments),
                                chunks.region(buffers, CompactionScheduler.ROOM_BYTES),
                                environment.pause()));
        Checkpointer checkpointer =
                new Checkpointer(
                        new StoreCopy.Source(disk, directory, manifest.store(), chunks, buffers),
                        manifest,
                        tables.pins());
        MemtableReplay replay =
                new MemtableReplay(
                        versions,
                        memtables,
                        flusher,
                        segments,
                        share,
                        memory,
                        large,
                        recorded.flushedSequence(),
                        environment.recovery());
        RecoveredLog log = recover(manifest.store(), chunks, buffers, replay, recorded);
        startAfresh(manifest, segments);
        takeOver(log, recorded.segments(), manifest, live, segments);
        segments.makeReady(); // on a full disk none can be made: then the store is open for reading
        segments.abandonUsed();
        deleteUnrecorded(manifest);
        WalWriter writer =
                new WalWriter(
                        manifest.store(),
                        live,
                        chunks.region(buffers, Chunks.GRANULE_BYTES),
                        log.end(),
                        figures,
                        milestones);
        return new StoreParts(
                settings,
                environment,
                disk,
                budget,
                lock,
                memory,
                share,
                large,
                memory.budget().account("cursors"),
                memtableAccount,
                indexAccount,
                manifest,
                cache,
                memtables,
                versions,
                live,
                segments,
                register,
                shortages,
                figures,
                writer,
                debt,
                trimHold,
                flusher,
                compaction,
                checkpointer,
                report(log, replay, startNanos));
    }

    private static void startAfresh(Manifest manifest, SegmentPool segments) {
        try {
            segments.lendReserveTo(manifest::startAfresh);
        } catch (RuntimeException e) {
            StorageFailures.refusal(e); // then the old one will do until the first edit
        }
        segments.giveBackReserve();
    }

    private static void closeTables(Version version) {
        Closing.all(version.allTables(), Table::close);
    }

    /** A file that is not on record may still have a number. */
    private void noteNumbersInUse(Manifest manifest) {
        for (Path path : disk.list(directory)) {
            if (FileNames.isNumbered(path)) {
                manifest.skipNumber(FileNames.number(path));
            }
        }
    }

    private Version firstVersion(Manifest manifest, TableStore tables, MemtablePool memtables) {
        List<TableEntry> entries =
                manifest.read(state -> new ArrayList<>(state.tables())).stream()
                        .sorted(Comparator.comparingLong(TableEntry::lastSequence).reversed())
                        .toList();
        List<Table> records = new ArrayList<>();
        List<Table> attributes = new ArrayList<>();
        for (TableEntry entry : entries) {
            Table table = acquired(tables.open(entry));
            (entry.kind() == RecordKind.RECORDS ? records : attributes).add(table);
        }
        Memtable active = memtables.tryTake();
        if (active == null) {
            throw new StoreException.Busy("the memory budget has no room for a memtable");
        }
        return new Version(active, List.of(), records, attributes);
    }

    private RecoveredLog recover(
            StoreId store,
            Chunks chunks,
            Account buffers,
            MemtableReplay replay,
            LogRecord recorded) {
        try (Region window = chunks.region(buffers, WINDOW_BYTES)) {
            RecoveredLog log =
                    new WalRecovery(disk, directory, store, window, replay).recover(recorded);
            replay.settle();
            return log;
        }
    }

    /**
     * Puts on record where the log ends, and sorts the segments into those to keep and to reuse.
     */
    private void takeOver(
            RecoveredLog log,
            List<RecordedSegment> recorded,
            Manifest manifest,
            LiveSegments live,
            SegmentPool segments) {
        long flushedSequence = manifest.read(ManifestState::flushedSequence);
        List<Edit> edits = new ArrayList<>();
        List<Long> unneeded = new ArrayList<>(log.unused());
        for (RecordedSegment segment : log.segments()) {
            if (segment.lastSequence() <= flushedSequence) {
                unneeded.add(segment.number());
            } else if (!recorded.contains(segment)) {
                edits.add(
                        new Edit.SettleSegment(
                                segment.number(), segment.endBytes(), segment.lastSequence()));
            }
        }
        unneeded.forEach(number -> edits.add(new Edit.DropSegment(number)));
        long position = log.startPosition();
        long logPosition = log.end().position();
        List<RecordedSegment> needed = new ArrayList<>();
        for (RecordedSegment segment : log.segments()) {
            if (!unneeded.contains(segment.number())) {
                logPosition = needed.isEmpty() ? position : logPosition;
                needed.add(segment);
            }
            position += segment.endBytes();
        }
        if (!edits.isEmpty()) {
            edits.add(new Edit.LogStart(logPosition));
            edits.add(new Edit.Synced(log.end().position()));
            manifest.appendFirst(edits, () -> giveBack(unneeded, segments));
        }
        for (RecordedSegment segment : needed) {
            live.addRecovered(
                    Segment.find(disk, directory, segment.number()),
                    logPosition,
                    segment.endBytes(),
                    segment.lastSequence());
            logPosition += segment.endBytes();
        }
    }

    private static void giveBack(List<Long> unneeded, SegmentPool segments) {
        try {
            segments.takeBackByNumber(unneeded);
        } catch (FileFailure | OutOfMemoryError _) {
            // the next opening deletes what is not on record
        }
    }

    /** Deletes what a crash left half-made. */
    private void deleteUnrecorded(Manifest manifest) {
        Set<Path> kept = new HashSet<>();
        manifest.read(state -> {
            state.tables()
                    .forEach(table -> kept.add(directory.resolve(FileNames.table(table.number()))));
            state.segments()
                    .forEach(segment ->
                            kept.add(directory.resolve(FileNames.segment(segment.number()))));
            return state;
        });
        kept.add(directory.resolve(FileNames.MANIFEST));
        boolean deleted = false;
        for (Path path : disk.list(directory)) {
            if (FileNames.isOurs(path) && !kept.contains(path)) {
                deleted |= isDeleted(path);
            }
        }
        if (deleted) {
            disk.syncDirectory(directory);
        }
    }

    /** A directory of such a name is none of ours. */
    private boolean isDeleted(Path path) {
        try {
            disk.delete(path);
            return true;
        } catch (FileFailure e) {
            if (disk.isDirectory(path)) {
                return false;
            }
            throw e;
        }
    }

    private static RecoveryReport report(RecoveredLog log, MemtableReplay replay, long startNanos) {
        boolean clean = log.end().segment() == 0 || log.isEndOnRecord();
        return new RecoveryReport(
                log.segments().size(),
                log.batches(),
                log.bytes(),
                replay.flushedBatches(),
                replay.records(),
                log.droppedBytes(),
                log.unprovenBytes(),
                log.reason(),
                clean,
                Duration.ofNanos(System.nanoTime() - startNanos));
    }
}
