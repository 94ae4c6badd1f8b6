package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the making of a store left that did not come to its end. Nothing in it was acknowledged, so
 * it is removed, and the store is begun anew; what is not of its making stays, and is refused.
 */
final class HalfBegunStore {

    private static final Set<String> OURS =
            Set.of(
                    "LOCK",
                    "RESERVE",
                    StoreDescription.FILE,
                    StoreDescription.FILE + SealedText.NEW,
                    FilesOnRecord.FILE,
                    FilesOnRecord.FILE + SealedText.NEW,
                    StoreDirectory.DATABASE);
    private static final Pattern OF_ROCKSDB =
            Pattern.compile(
                    "CURRENT|IDENTITY|LOCK|LOG|LOG\\.old\\.\\d+|MANIFEST-\\d+"
                            + "|OPTIONS-\\d+(\\.dbtmp)?|\\d+\\.(log|sst|blob|dbtmp)");
    private static final Pattern OF_THE_LOG =
            Pattern.compile("\\d+\\.log|" + LogDirectoryMark.FILE + "(\\" + SealedText.NEW + ")?");

    private HalfBegunStore() {}

    /**
     * Removes it, all but the description, which the next one replaces.
     *
     * @throws StoreException.Invalid before the first change, when there is anything else
     */
    static void remove(Disk disk, Path directory, StoreDescription begun) {
        Path database = directory.resolve(StoreDirectory.DATABASE);
        List<Path> files = new ArrayList<>();
        for (Path entry : disk.list(directory)) {
            requireOurs(entry, OURS.contains(name(entry)));
        }
        if (disk.exists(database)) {
            for (Path entry : disk.list(database)) {
                requireOurs(entry, OF_ROCKSDB.matcher(name(entry)).matches());
                files.add(entry);
            }
        }
        files.addAll(logs(disk, begun));
        files.add(directory.resolve(FilesOnRecord.FILE));
        files.stream().filter(Files::isRegularFile).forEach(disk::delete);
        for (Path parent : List.of(directory, database)) {
            if (disk.exists(parent)) {
                disk.syncDirectory(parent);
            }
        }
    }

    /** Those that bear the mark of this very beginning. */
    private static List<Path> logs(Disk disk, StoreDescription begun) {
        Path walDirectory = Path.of(begun.wal());
        if (!begun.hasLogDirectory() || !disk.exists(walDirectory)) {
            return List.of();
        }
        if (!begun.identity().equals(LogDirectoryMark.identity(disk, walDirectory))) {
            return List.of();
        }
        return disk.list(walDirectory).stream()
                .filter(path -> OF_THE_LOG.matcher(name(path)).matches())
                .toList(); // by name: the logs, then their mark
    }

    private static void requireOurs(Path entry, boolean ours) {
        if (!ours) {
            throw new StoreException.Invalid(
                    "a store was begun in %s and not completed, and %s is not of its making"
                            .formatted(entry.getParent(), entry.getFileName()));
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
