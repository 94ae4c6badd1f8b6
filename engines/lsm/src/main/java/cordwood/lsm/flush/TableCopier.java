package cordwood.lsm.flush;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Copies the tables on record into a new directory, which then is a store by itself. */
final class TableCopier {

    /*
     * Runs on the step that takes tables out of the version, so that no table goes away meanwhile and
     * no reader's pin has to last as long as the copy.
     *
     * The manifest comes last: a directory without one is refused as a store. The log is not copied;
     * whoever asks has had the memtable flushed. Segments are reused, so none may be shared.
     */
    private static final int COPY_BYTES = 1 << 20;
    private static final int SYNC_BYTES = 4 << 20;

    private final Disk disk;
    private final Path directory;
    private final Manifest manifest;
    private final MemorySegment buffer;
    private final BooleanSupplier stopping;

    /** A copier that uses {@code room} while it copies. */
    TableCopier(
            Disk disk,
            Path directory,
            Manifest manifest,
            MemorySegment room,
            BooleanSupplier stopping) {
        this.disk = disk;
        this.directory = directory;
        this.manifest = manifest;
        this.buffer = room.asSlice(0, Math.min(room.byteSize(), COPY_BYTES));
        this.stopping = stopping;
    }

    /**
     * Makes the copy.
     *
     * @throws StoreException.Invalid when the target exists, or lies in the store's directory
     * @throws Stopped when the store is being closed
     */
    void copyTo(Path target) {
        if (target.startsWith(directory)) {
            throw new StoreException.Invalid(target + " lies in the store's own directory");
        }
        if (disk.exists(target)) {
            throw new StoreException.Invalid(target + " exists already");
        }
        createDirectories(target);
        try (DirectoryLock _ = lock(target)) { // another one may be made of the same name
            copyInto(target);
        }
    }

    private void createDirectories(Path target) {
        try {
            disk.createDirectories(target);
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.EXISTS) {
                throw new StoreException.Invalid(
                        target + " cannot be a directory: " + e.getMessage());
            }
            throw e;
        }
    }

    private DirectoryLock lock(Path target) {
        try {
            return disk.lock(target, "a checkpoint of " + directory);
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.LOCKED) {
                throw new StoreException.Invalid(target + " is being made: " + e.getMessage());
            }
            Leftovers.delete(disk, List.of(target.resolve(FileNames.LOCK), target), e);
            throw e;
        }
    }

    private void copyInto(Path target) {
        List<Path> made = new ArrayList<>(List.of(target, target.resolve(FileNames.LOCK)));
        try {
            if (disk.list(target).stream().anyMatch(FileNames::isOurs)) {
                made.clear();
                throw new StoreException.Invalid(target + " exists already");
            }
            ManifestState cut = manifest.read(ManifestState::withoutSegments);
            for (TableEntry table : cut.tables()) {
                Path copy = target.resolve(FileNames.table(table.number()));
                made.add(copy);
                copy(table, copy);
            }
            disk.syncDirectory(target);
            made.add(target.resolve(FileNames.temporary(FileNames.MANIFEST)));
            made.add(target.resolve(FileNames.MANIFEST));
            manifest.writeCopy(target, cut);
        } catch (RuntimeException e) {
            Leftovers.delete(disk, made.reversed(), e);
            throw e;
        }
    }

    private void copy(TableEntry table, Path to) {
        Path from = directory.resolve(FileNames.table(table.number()));
        try (DiskFile source = disk.openReadOnly(from);
                DiskFile copy = disk.create(to)) {
            long syncedBytes = 0;
            for (long at = 0; at < table.sizeBytes(); ) {
                if (stopping.getAsBoolean()) {
                    throw new Stopped();
                }
                long bytes = Math.min(buffer.byteSize(), table.sizeBytes() - at);
                MemorySegment part = buffer.asSlice(0, bytes);
                int readBytes = source.read(at, part.asByteBuffer());
                if (readBytes < bytes) {
                    throw Corruption.at(
                            from,
                            at,
                            "a table of " + table.sizeBytes() + " bytes",
                            at + readBytes + " bytes");
                }
                copy.write(at, part.asByteBuffer());
                at += bytes;
                if (at - syncedBytes >= SYNC_BYTES) {
                    copy.sync();
                    syncedBytes = at;
                }
            }
            copy.sync();
        }
    }
}
