package cordwood.rocksdb;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.rocksdb.FilesOnRecord.State;
import cordwood.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A checkpoint being made: all of it, or nothing. Used once, by one thread. */
final class StoreCopy {

    private final Disk disk;
    private final Path target;

    // what there was not before, innermost first
    private final List<Path> directories = new ArrayList<>();

    StoreCopy(Disk disk, Path target) {
        this.disk = disk;
        this.target = target;
    }

    void make(StoreDirectory.DatabaseCopy copy) {
        requireAbsent();
        for (Path path = target; path != null && !disk.exists(path); path = path.getParent()) {
            directories.add(path);
        }
        try {
            disk.createDirectories(target);
        } catch (FileFailure e) {
            removeDirectories(e);
            throw e;
        }
        try (DirectoryLock _ = lock()) { // another one may be made of the same name
            fill(copy);
        }
    }

    private void requireAbsent() {
        if (disk.exists(target)) {
            throw new StoreException.Invalid(target + " exists already");
        }
    }

    private DirectoryLock lock() {
        try {
            return disk.lock(target, "a checkpoint");
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.LOCKED) {
                throw new StoreException.Invalid(target + " is being made: " + e.getMessage());
            }
            removeDirectories(e);
            throw e;
        }
    }

    private void fill(StoreDirectory.DatabaseCopy copy) {
        if (disk.list(target).size() > 1) { // than the lock
            throw new StoreException.Invalid(target + " exists already");
        }
        try {
            Path database = target.resolve(StoreDirectory.DATABASE);
            copy.to(database);
            StoreDescription description =
                    StoreDescription.ofNew(StoreDescription.BESIDE).whenReady();
            FilesOnRecord.of(
                            description.identity(),
                            State.CLOSED,
                            DatabaseFiles.read(disk, database, database))
                    .write(disk, target);
            description.write(disk, target);
        } catch (RuntimeException | Error e) {
            removeAll(e);
            throw e;
        }
    }

    private void removeAll(Throwable cause) {
        try {
            disk.list(target).forEach(this::remove);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        removeDirectories(cause);
    }

    private void remove(Path path) {
        if (Files.isDirectory(path)) {
            disk.list(path).forEach(this::remove);
        }
        disk.delete(path);
    }

    /** As far as they are empty. */
    private void removeDirectories(Throwable cause) {
        try {
            for (Path path : directories) {
                if (disk.exists(path)) {
                    disk.delete(path);
                }
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
