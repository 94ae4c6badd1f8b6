package cordwood.cli;

import cordwood.files.DiskFile;
import cordwood.testkit.mutant.InsteadOf;

/** No file is ever synced. */
public final class UnsyncedFiles {

    private UnsyncedFiles() {}

    /** Says that it was. */
    @InsteadOf(DiskFile.class)
    public static void sync(DiskFile file) {
        // as if there were nothing to do
    }
}
