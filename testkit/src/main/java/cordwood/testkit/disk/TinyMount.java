package cordwood.testkit.disk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real file system of a few bytes for one child process, which takes it along when it ends. */
public final class TinyMount {

    /** Runs the rest of its arguments with a file system of so many bytes on the second. */
    private static final String MOUNTED =
            "mount -t tmpfs -o size=\"$0\" tmpfs \"$1\" || exit 9; shift; exec \"$@\"";

    private TinyMount() {}

    /** What to put before a command so that it finds the file system at {@code mountPoint}. */
    public static List<String> of(long bytes, Path mountPoint) {
        return List.of(
                "unshare",
                "-Urm",
                "sh",
                "-c",
                MOUNTED,
                String.valueOf(bytes),
                mountPoint.toString());
    }

    /** Lets the test be skipped where this user cannot mount one. */
    public static void assumePossible(Path mountPoint) throws InterruptedException {
        List<String> command = new ArrayList<>(of(1 << 20, mountPoint));
        command.add("true");
        boolean mounts;
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            mounts = process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            mounts = false;
        }
        assumeTrue(mounts, "this user cannot mount a tiny file system (unshare -Urm)");
    }
}
