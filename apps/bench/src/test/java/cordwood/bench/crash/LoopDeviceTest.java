package cordwood.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a loop device leaves behind, whatever goes wrong. */
final class LoopDeviceTest {

    private static final long DISK_BYTES = 16 << 20;

    @TempDir Path directory;

    private LoopDevice create() {
        try {
            return LoopDevice.create(directory, DISK_BYTES);
        } catch (BenchException e) {
            assumeTrue(false, "no loop devices here: " + e.getMessage());
            throw e;
        }
    }

    @Test
    void thoseWhoAreNotRootAreRefused() {
        assertUsage(65_534, System.getenv("PATH"), "needs root");
    }

    @Test
    void missingToolIsNamed() throws IOException {
        for (String tool : List.of("truncate", "mount", "umount", "cp", "setsid")) {
            Path file = Files.createFile(directory.resolve(tool));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertUsage(0, "/nosuch:" + directory, "no mkfs.ext4 on the PATH");
    }

    private static void assertUsage(int userId, String searchPath, String words) {
        assertThatThrownBy(() -> LoopDevice.require(userId, searchPath))
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE));
    }

    @ParameterizedTest
    @CsvSource({"1, mkfs.ext4", Long.MAX_VALUE + ", are free"})
    void deviceThatCannotBeMadeLeavesNothing(long bytes, String words) {
        assertThatThrownBy(() -> LoopDevice.create(directory, bytes))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(words);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void ctrlCDoesNotReachTools() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")));
        String own = Files.readString(Path.of("/proc/self/stat"));

        assertThat(session(SystemTool.run("cat", "/proc/self/stat"))).isNotEqualTo(session(own));
    }

    private static String session(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3];
    }

    @Test
    void deviceThatSomebodyIsInIsCopiedAndTakenOutOfUse() throws IOException {
        LoopDevice device = create();
        Process inside =
                new ProcessBuilder("sleep", "600").directory(device.directory().toFile()).start();
        try {
            Files.createDirectory(device.directory().resolve("unsynced"));
            device.come();
            assertThat(device.directory().resolve("unsynced")).doesNotExist();
            assertThat(directory.resolve("disk-0.img")).doesNotExist();
            device.close();
            assertThat(Path.of("/proc/mounts")).content().doesNotContain(directory.toString());
        } finally {
            inside.destroyForcibly();
        }
    }
}
