package cordwood.lsm;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.manifest.Manifest;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of a store, claimed for this process. Anything that is not a store, nor the
 * beginning of one, is refused before the first change.
 */
final class StoreDirectory {

    private StoreDirectory() {}

    static Path normalized(Path given) {
        return given.toAbsolutePath().normalize();
    }

    static DirectoryLock claim(Disk disk, Path directory) {
        inspect(disk, directory);
        disk.createDirectories(directory);
        DirectoryLock lock = disk.lock(directory, "lsm store");
        boolean claimed = false;
        try {
            inspect(disk, directory);
            claimed = true;
            return lock;
        } finally {
            if (!claimed) {
                lock.close();
            }
        }
    }

    private static void inspect(Disk disk, Path directory) {
        if (!disk.exists(directory) || Manifest.exists(disk, directory)) {
            return;
        }
        List<Path> entries =
                disk.list(directory).stream().filter(path -> !isBeginning(path)).toList();
        if (entries.stream().anyMatch(FileNames::isOurs)) {
            throw new StoreException.Corrupt(
                    "%s holds files of a store, such as %s, but no manifest"
                            .formatted(directory, entries.getFirst().getFileName()),
                    null);
        }
        if (!entries.isEmpty()) {
            throw new StoreException.Invalid(
                    "%s holds something else than a store: %s"
                            .formatted(directory, entries.getFirst().getFileName()));
        }
    }

    /** What there may be before a store has its manifest. */
    private static boolean isBeginning(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.equals(FileNames.LOCK) || name.equals(FileNames.temporary(FileNames.MANIFEST));
    }
}
