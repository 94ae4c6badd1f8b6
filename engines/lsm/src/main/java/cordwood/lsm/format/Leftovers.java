package cordwood.lsm.format;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.HeapPause;
import java.nio.file.Path;
import java.util.List;

/** Deletes what was made in vain. */
public final class Leftovers {

    private Leftovers() {}

    /**
     * Deletes those files that there are; a failure to is added to what made them useless. Waits
     * while the heap is full.
     */
    public static void delete(Disk disk, List<Path> files, Throwable because) {
        for (int i = 0; i < files.size(); i++) {
            while (!isDeleted(disk, files.get(i), because)) {
                HeapPause.take();
            }
        }
    }

    private static boolean isDeleted(Disk disk, Path file, Throwable because) {
        try {
            if (disk.exists(file)) {
                disk.delete(file);
            }
            return true;
        } catch (FileFailure e) {
            because.addSuppressed(e);
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }
}
