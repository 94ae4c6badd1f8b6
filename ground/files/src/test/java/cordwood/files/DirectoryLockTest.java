package cordwood.files;

import static cordwood.files.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One holder per directory, within the process and across processes. */
@Timeout(60)
final class DirectoryLockTest {

    private final Disk disk = Disk.real();

    @TempDir private Path directory;

    @Test
    void aSecondClaimOfThisProcessIsRefusedByName() {
        try (DirectoryLock lock = disk.lock(directory, "the first store")) {
            assertThat(lock.directory()).isEqualTo(directory);
            assertThatThrownBy(() -> disk.lock(directory, "the second store"))
                    .isInstanceOf(FileFailure.class)
                    .hasMessageContaining("the first store")
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("this process")
                    .extracting(e -> ((FileFailure) e).kind())
                    .isEqualTo(Kind.LOCKED);
        }
    }

    @Test
    void anotherNameOfTheDirectoryIsTheSameDirectory() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        Path around = directory.resolve("x").resolve("..");
        Files.createDirectory(directory.resolve("x"));
        try (DirectoryLock lock = disk.lock(link, "first")) {
            assertThat(lock.directory()).isEqualTo(link);
            assertFails(Kind.LOCKED, directory, () -> disk.lock(directory, "second"));
            assertFails(Kind.LOCKED, around, () -> disk.lock(around, "second"));
        }
        disk.lock(around, "second").close();
    }

    @Test
    void releaseLetsTheNextInAndIsIdempotent() {
        DirectoryLock first = disk.lock(directory, "first");
        first.close();
        first.close();
        try (DirectoryLock second = disk.lock(directory, "second")) {
            first.close();
            assertFails(Kind.LOCKED, directory, () -> disk.lock(directory, "third"));
            assertThat(second.directory()).isEqualTo(directory);
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsMissing() {
        Path none = directory.resolve("none");
        assertFails(Kind.MISSING, none, () -> disk.lock(none, "owner"));
        assertThat(none).doesNotExist();
        assertFails(Kind.MISSING, none, () -> disk.lock(none, "owner"));
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsDeniedAndNotClaimed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertFails(Kind.DENIED, file, () -> disk.lock(file, "owner"));
        Files.delete(file);
        Files.createDirectory(file);
        disk.lock(file, "owner").close();
    }

    @Test
    void theHolderInAnotherProcessIsNamedAndItsDeathFreesTheDirectory() throws Exception {
        try (ChildJvm child = ChildJvm.start(List.of(), LockHolder.class, directory.toString())) {
            assertThat(child.line()).isEqualTo("locked " + directory);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> disk.lock(directory, "me"))
                        .isInstanceOf(FileFailure.class)
                        .hasMessageContaining("the second process")
                        .hasMessageContaining("process " + child.pid())
                        .extracting(e -> ((FileFailure) e).kind())
                        .isEqualTo(Kind.LOCKED);
            }
            child.kill();
            disk.lock(directory, "me").close();
        }
    }

    @Test
    void aRefusedClaimDoesNotLooseTheHoldersLock() throws Exception {
        try (DirectoryLock lock = disk.lock(directory, "the parent")) {
            assertFails(Kind.LOCKED, directory, () -> disk.lock(directory, "second"));
            assertThat(claimByAnotherProcess())
                    .startsWith("LOCKED ")
                    .contains("the parent", "process " + ProcessHandle.current().pid());
            assertThat(claimByAnotherProcess()).startsWith("LOCKED ");
            assertThat(lock.directory()).isEqualTo(directory);
        }
        assertThat(claimByAnotherProcess()).isEqualTo("locked " + directory);
    }

    @Test
    void readingChangesNothingAndKeepsClaimsOut() throws Exception {
        try (DirectoryLock never = disk.lockForReading(directory, "a reader")) {
            assertThat(never.directory()).isEqualTo(directory);
            assertFails(Kind.LOCKED, directory, () -> disk.lock(directory, "me"));
        }
        assertThat(directory).isEmptyDirectory();
        disk.lock(directory, "the writer").close();
        byte[] before = Files.readAllBytes(directory.resolve("LOCK"));

        try (DirectoryLock reading = disk.lockForReading(directory, "a reader")) {
            assertFails(Kind.LOCKED, directory, () -> disk.lock(directory, "me"));
            assertThat(claimByAnotherProcess()).startsWith("LOCKED ");
            assertThat(reading.directory()).isEqualTo(directory);
        }
        assertThat(Files.readAllBytes(directory.resolve("LOCK"))).isEqualTo(before);
        assertThat(claimByAnotherProcess()).isEqualTo("locked " + directory);
    }

    @Test
    void whatIsClaimedIsNotOpenForReading() throws Exception {
        try (DirectoryLock lock = disk.lock(directory, "the writer")) {
            assertFails(Kind.LOCKED, directory, () -> disk.lockForReading(directory, "reader"));
            assertThat(claimByAnotherProcess()).startsWith("LOCKED ").contains("the writer");
            assertThat(lock.directory()).isEqualTo(directory);
        }
        try (ChildJvm child = ChildJvm.start(List.of(), LockHolder.class, directory.toString())) {
            assertThat(child.line()).isEqualTo("locked " + directory);
            assertThatThrownBy(() -> disk.lockForReading(directory, "reader"))
                    .isInstanceOf(FileFailure.class)
                    .hasMessageContaining("the second process");
        }
    }

    private String claimByAnotherProcess() throws Exception {
        try (ChildJvm child = ChildJvm.start(List.of(), LockHolder.class, directory.toString())) {
            String answer = child.line();
            child.kill();
            return answer;
        }
    }
}
