package cordwood.lsm.format;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import java.nio.file.Path;
import java.util.List;

/** Deletes what was made in vain. */
public final class Leftovers {

    private Leftovers() {}

    /** Deletes those files that there are; a failure to is added to what made them useless. */
    public static void delete(Disk disk, List<Path> files, RuntimeException because) {
        for (Path file : files) {
            try {
                if (disk.exists(file)) {
                    disk.delete(file);
                }
            } catch (FileFailure e) {
                because.addSuppressed(e);
            }
        }
    }
}
