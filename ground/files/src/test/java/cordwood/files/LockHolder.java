package cordwood.files;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A second process that claims a directory, says how that went, and holds it until it is killed.
 */
final class LockHolder {

    private LockHolder() {}

    /** The directory is the only argument. */
    @SuppressWarnings("SystemOut") // the parent reads it
    public static void main(String[] arguments) throws IOException {
        try (DirectoryLock lock = Disk.real().lock(Path.of(arguments[0]), "the second process")) {
            System.out.println("locked " + lock.directory());
            while (System.in.read() >= 0) {
                // until the parent goes away
            }
        } catch (FileFailure e) {
            System.out.println(e.kind() + " " + e.getMessage());
        }
    }
}
