package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that says whose log a directory of its own holds: without it an empty directory, as
 * where nothing is mounted, passes for a log without records.
 */
final class LogDirectoryMark {

    static final String FILE = "CORDWOOD-WAL";

    private static final String TITLE = "cordwood rocksdb log, identity ";

    private LogDirectoryMark() {}

    static void write(Disk disk, Path walDirectory, String identity) {
        SealedText.write(disk, walDirectory.resolve(FILE), List.of(TITLE + identity));
    }

    /** The identity of the store whose log it is; null where that is not said. */
    static @Nullable String identity(Disk disk, Path walDirectory) {
        Path file = walDirectory.resolve(FILE);
        if (!disk.exists(file)) {
            return null;
        }
        List<String> lines = SealedText.read(disk, file);
        return lines.getFirst().startsWith(TITLE)
                ? lines.getFirst().substring(TITLE.length())
                : "unknown";
    }

    /** Refuses a directory that is not this store's. */
    static void require(Disk disk, Path walDirectory, String identity) {
        String found = identity(disk, walDirectory);
        if (found == null) {
            throw new StoreException.Invalid(
                    ("the log directory %s is not the one that the store was created with: is its"
                                    + " disk mounted? It has no %s")
                            .formatted(walDirectory, FILE));
        }
        if (!found.equals(identity)) {
            throw new StoreException.Invalid(
                    ("the log directory %s is another store's: %s was expected in its %s, and %s"
                                    + " found")
                            .formatted(walDirectory, identity, FILE, found));
        }
    }
}
