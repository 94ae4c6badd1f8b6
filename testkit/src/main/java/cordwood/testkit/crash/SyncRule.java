package cordwood.testkit.crash;

import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A sync that failed is never tried again while the store is open: the second would succeed and
 * prove nothing. Whoever opens it next, which begins with making its directory, cannot know; and a
 * file made anew is another one, whatever its name.
 */
final class SyncRule {

    private SyncRule() {}

    static void check(List<RecordingDisk.Entry> trace) {
        Set<Path> failed = new HashSet<>();
        for (RecordingDisk.Entry entry : trace) {
            if (entry.call().operation() == DiskOperation.CREATE_DIRECTORIES) {
                failed.removeIf(path -> path.startsWith(entry.call().path()));
            }
            if (entry.call().operation() == DiskOperation.CREATE && entry.succeeded()) {
                failed.remove(entry.call().path());
            }
            if (isSync(entry) && failed.contains(entry.call().path())) {
                throw new Violation("a failed sync was tried again: " + entry.call());
            }
            if (isFailedSync(entry)) {
                failed.add(entry.call().path());
            }
        }
    }

    static boolean isFailedSync(RecordingDisk.Entry entry) {
        return isSync(entry) && !entry.succeeded();
    }

    private static boolean isSync(RecordingDisk.Entry entry) {
        DiskOperation operation = entry.call().operation();
        return operation == DiskOperation.SYNC || operation == DiskOperation.SYNC_DIRECTORY;
    }
}
