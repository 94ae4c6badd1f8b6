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
public final class TableCopier {

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
    public void copyTo(Path target) {
        if (disk.realPath(target).startsWith(disk.realPath(directory))) {
            throw new StoreException.Invalid(target + " lies in the store's own directory");
        }
        if (disk.exists(target)) {
            throw new StoreException.Invalid(target + " exists already");
        }
        List<Path> missing = missing(target);
        createDirectories(target, missing);
        try (DirectoryLock _ = lock(target, missing)) { // another one may be made of the same name
            copyInto(target, missing);
        }
    }

    /** The directories to be made, the target last. */
    private List<Path> missing(Path target) {
        List<Path> missing = new ArrayList<>();
        for (Path at = target; at != null && !disk.exists(at); at = at.getParent()) {
            missing.addFirst(at);
        }
        return missing;
    }

    private void createDirectories(Path target, List<Path> missing) {
        try {
            disk.createDirectories(target);
        } catch (FileFailure e) {
            Leftovers.delete(disk, missing.reversed(), e);
            throw refusal(target, e);
        }
    }

    private static RuntimeException refusal(Path target, FileFailure thrown) {
        boolean isTarget =
                thrown.kind() == FileFailure.Kind.EXISTS
                        || thrown.kind() == FileFailure.Kind.DENIED;
        return isTarget
                ? new StoreException.Invalid(target + " cannot be made: " + thrown.getMessage())
                : thrown;
    }

    private DirectoryLock lock(Path target, List<Path> missing) {
        try {
            return disk.lock(target, "a checkpoint of " + directory);
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.LOCKED) {
                throw new StoreException.Invalid(target + " is being made: " + e.getMessage());
            }
            List<Path> made = new ArrayList<>(missing);
            made.add(target.resolve(FileNames.LOCK));
            Leftovers.delete(disk, made.reversed(), e);
            throw refusal(target, e);
        }
    }

    private void copyInto(Path target, List<Path> missing) {
        List<Path> made = new ArrayList<>(missing);
        made.add(target.resolve(FileNames.LOCK));
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
