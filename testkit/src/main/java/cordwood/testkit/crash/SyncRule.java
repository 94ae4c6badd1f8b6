package cordwood.testkit.crash;

import cordwood.files.FileFailure;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A sync that failed is never tried again while the store is open: the second would succeed and
 * prove nothing. Whoever opens it next, which begins with making its directory, cannot know; a file
 * made anew is another one, whatever its name; and a directory is synced for its entries: after a
 * refusal for others.
 */
final class SyncRule {

    private static final Set<DiskOperation> CHANGES_ENTRIES =
            Set.of(
                    DiskOperation.CREATE,
                    DiskOperation.LINK,
                    DiskOperation.RENAME,
                    DiskOperation.DELETE);

    private SyncRule() {}

    static void check(List<RecordingDisk.Entry> trace) {
        Set<Path> failed = new HashSet<>();
        Set<Path> refused = new HashSet<>();
        for (RecordingDisk.Entry entry : trace) {
            if (entry.call().operation() == DiskOperation.CREATE_DIRECTORIES) {
                failed.removeIf(path -> path.startsWith(entry.call().path()));
                refused.removeIf(path -> path.startsWith(entry.call().path()));
            }
            if (entry.call().operation() == DiskOperation.CREATE && entry.succeeded()) {
                failed.remove(entry.call().path());
            }
            if (CHANGES_ENTRIES.contains(entry.call().operation())) {
                refused.remove(entry.call().path().getParent());
            }
            if (isSync(entry) && refused.contains(entry.call().path())) {
                throw new Violation("nothing was made anew after a refusal: " + entry.call());
            }
            if (isSync(entry) && failed.contains(entry.call().path())) {
                throw new Violation("a failed sync was tried again: " + entry.call());
            }
            if (isRefusal(entry)) {
                refused.add(entry.call().path());
            } else if (isFailedSync(entry)) {
                failed.add(entry.call().path());
            }
        }
    }

    private static boolean isRefusal(RecordingDisk.Entry entry) {
        boolean forWant =
                entry.failure() == FileFailure.Kind.NO_SPACE
                        || entry.failure() == FileFailure.Kind.TOO_MANY_OPEN;
        return forWant && entry.call().operation() == DiskOperation.SYNC_DIRECTORY;
    }

    static boolean isFailedSync(RecordingDisk.Entry entry) {
        return isSync(entry) && !entry.succeeded();
    }

    private static boolean isSync(RecordingDisk.Entry entry) {
        DiskOperation operation = entry.call().operation();
        return operation == DiskOperation.SYNC || operation == DiskOperation.SYNC_DIRECTORY;
    }
}
