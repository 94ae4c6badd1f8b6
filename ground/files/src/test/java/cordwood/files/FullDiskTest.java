package cordwood.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room, where the system lets this user mount a tiny one of its own. */
@Timeout(60)
final class FullDiskTest {

    @TempDir private Path mountPoint;

    /** Runs the rest of its arguments with a file system of 1 MiB on the first. */
    private static final String MOUNTED =
            "mount -t tmpfs -o size=1m tmpfs \"$0\" || exit 9; exec \"$@\"";

    private List<String> mounted(String... more) {
        List<String> command = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", MOUNTED));
        command.add(mountPoint.toString());
        command.addAll(List.of(more));
        return command;
    }

    private boolean canMount() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(mounted("true")).redirectErrorStream(true).start();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void preallocationWithoutRoomIsCutBackAndADirectoryIsLockedAndServiceResumes()
            throws Exception {
        assumeTrue(canMount(), "this user cannot mount a tiny file system (unshare -Urm)");
        try (ChildJvm child =
                ChildJvm.start(mounted(), FullDiskProbe.class, mountPoint.toString())) {
            assertThat(child.line()).isEqualTo("preallocate: NO_SPACE");
            assertThat(child.line()).isEqualTo("size: 100");
            assertThat(child.line()).isEqualTo("write: NO_SPACE");
            assertThat(child.line()).isEqualTo("lock: done");
            assertThat(child.line()).isEqualTo("lock without a text: done");
            assertThat(child.line()).isEqualTo("service resumes: done");
            assertThat(child.line()).isEqualTo("size: 65536");
            assertThat(child.line()).isEmpty();
        }
    }
}
