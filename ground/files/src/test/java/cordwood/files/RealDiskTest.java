package cordwood.files;

import static cordwood.files.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and directories by name. */
final class RealDiskTest {

    private final Disk disk = Disk.real();

    @TempDir private Path directory;

    private Path path(String name) {
        return directory.resolve(name);
    }

    private Path written(String name, String text) throws IOException {
        return Files.writeString(path(name), text);
    }

    @Test
    void createMakesAnEmptyFileThatMustNotExist() {
        Path path = path("new");
        try (DiskFile file = disk.create(path)) {
            assertThat(file.path()).isEqualTo(path);
            assertThat(file.sizeBytes()).isZero();
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
        }
        assertThat(path).hasBinaryContent(new byte[] {1});
        assertFails(Kind.EXISTS, path, () -> disk.create(path));
        assertThat(path).as("untouched").hasBinaryContent(new byte[] {1});
        assertFails(Kind.MISSING, path("no/such"), () -> disk.create(path("no/such")));
    }

    @Test
    void openWantsAnExistingFile() throws IOException {
        Path path = written("there", "text");
        try (DiskFile file = disk.open(path)) {
            assertThat(file.sizeBytes()).isEqualTo(4);
            file.write(4, ByteBuffer.wrap("more".getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(path).hasContent("textmore");
        assertFails(Kind.MISSING, path("none"), () -> disk.open(path("none")));
        assertFails(Kind.MISSING, path("none"), () -> disk.openReadOnly(path("none")));
        assertThat(path("none")).doesNotExist();
        assertFails(Kind.DENIED, directory, () -> disk.open(directory));
    }

    @Test
    void aFileOpenedForReadingCannotBeChanged() throws IOException {
        Path path = written("there", "text");
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer target = ByteBuffer.allocate(4);
            assertThat(file.read(0, target)).isEqualTo(4);
            assertFails(Kind.DENIED, path, () -> file.write(0, ByteBuffer.allocate(1)));
            assertFails(Kind.DENIED, path, () -> file.truncate(1));
            assertFails(Kind.DENIED, path, () -> file.preallocate(100));
        }
        assertThat(path).hasContent("text");
    }

    @Test
    void existsTellsFilesAndDirectories() throws IOException {
        assertThat(disk.exists(written("file", ""))).isTrue();
        assertThat(disk.exists(directory)).isTrue();
        assertThat(disk.exists(path("none"))).isFalse();
    }

    @Test
    void listIsSortedByName() throws IOException {
        assertThat(disk.list(directory)).isEmpty();
        Path b = written("b", "");
        Path a = written("a", "");
        Path c = Files.createDirectory(path("c"));
        assertThat(disk.list(directory)).containsExactly(a, b, c);
        assertFails(Kind.MISSING, path("none"), () -> disk.list(path("none")));
        assertFails(Kind.DENIED, a, () -> disk.list(a));
    }

    @Test
    void createDirectoriesMakesParentsAndMayBeRepeated() throws IOException {
        Path deep = path("a/b/c");
        disk.createDirectories(deep);
        disk.createDirectories(deep);
        assertThat(deep).isDirectory();
        disk.createDirectories(path("a/x/../y"));
        assertThat(path("a/y")).isDirectory();
        assertThat(path("a/x")).doesNotExist();
        Path file = written("file", "");
        assertFails(Kind.EXISTS, file, () -> disk.createDirectories(file));
        Path below = file.resolve("below");
        // the failure names the part of the way that is in it
        assertFails(Kind.EXISTS, file, () -> disk.createDirectories(below));
    }

    @Test
    void renameReplacesWhatIsThere() throws IOException {
        Path from = written("from", "new");
        Path to = written("to", "old");
        disk.rename(from, to);
        assertThat(to).hasContent("new");
        assertThat(from).doesNotExist();
        assertFails(Kind.MISSING, from, () -> disk.rename(from, to));
        assertThat(to).hasContent("new");
    }

    @Test
    void linkIsASecondNameOfTheSameBytes() throws IOException {
        Path file = written("file", "text");
        Path link = path("link");

        assertThat(disk.tryLink(file, link)).isTrue();
        assertThat(Files.isSameFile(file, link)).isTrue();
        disk.delete(file);

        assertThat(link).hasContent("text");
        assertFails(Kind.MISSING, path("other"), () -> disk.tryLink(file, path("other")));
        Path there = written("there", "mine");
        assertFails(Kind.EXISTS, there, () -> disk.tryLink(link, there));
        assertThat(there).hasContent("mine");
        assertFails(Kind.DENIED, link.resolve("x"), () -> disk.tryLink(there, link.resolve("x")));
    }

    @Test
    void whatCannotBeLinkedIsNoFailureAndLeavesNothing() throws IOException {
        assertThat(disk.tryLink(directory, path("link"))).as("a directory").isFalse();
        assertThat(path("link")).doesNotExist();

        Path elsewhere = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(elsewhere), "there is no other file system here");
        Path file = Files.createTempFile(elsewhere, "cordwood", "");
        try {
            assumeTrue(
                    !Files.getFileStore(file).equals(Files.getFileStore(directory)),
                    "the other file system is the same");
            assertThat(disk.tryLink(file, path("link"))).as("another file system").isFalse();
            assertThat(path("link")).doesNotExist();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void deleteWantsAFileOrAnEmptyDirectory() throws IOException {
        disk.delete(written("file", "x"));
        disk.delete(Files.createDirectory(path("empty")));
        assertThat(directory).isEmptyDirectory();
        assertFails(Kind.MISSING, path("file"), () -> disk.delete(path("file")));
        Path full = Files.createDirectory(path("full"));
        Path inside = Files.writeString(full.resolve("inside"), "x");
        assertFails(Kind.IO, full, () -> disk.delete(full));
        assertThat(inside).exists();
    }

    @Test
    void syncDirectoryWantsADirectoryThatIsThere() {
        disk.syncDirectory(directory);
        assertFails(Kind.MISSING, path("none"), () -> disk.syncDirectory(path("none")));
    }

    @Test
    void usableBytesAreThoseOfTheFileSystem() {
        assertThat(disk.usableBytes(directory)).isPositive();
        assertFails(Kind.MISSING, path("none"), () -> disk.usableBytes(path("none")));
    }

    @Test
    void whatTheSystemForbidsIsDenied() {
        // nobody may create a file there, not even root
        Path forbidden = Path.of("/sys/cordwood-test");
        assumeTrue(Files.isDirectory(Path.of("/sys")), "there is no /sys here");
        assertFails(Kind.DENIED, forbidden, () -> disk.create(forbidden));
        assertFails(Kind.DENIED, forbidden, () -> disk.createDirectories(forbidden));
    }

    @Test
    void nameThatIsTooLongIsDenied() {
        Path tooLong = path("x".repeat(300));
        assertFails(Kind.DENIED, tooLong, () -> disk.create(tooLong));
        assertFails(Kind.DENIED, tooLong, () -> disk.createDirectories(tooLong));
    }

    @Test
    void whatPermissionsForbidIsDenied() throws IOException {
        Path path = written("locked away", "x");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(path), "this user may do anything");
        assertFails(Kind.DENIED, path, () -> disk.open(path));
        assertFails(Kind.DENIED, path, () -> disk.openReadOnly(path));
    }

    @Test
    void failuresSayWhatWasTriedWhereAndWhy() {
        FileFailure failure =
                new FileFailure(Kind.IO, "write", Path.of("/data/log"), 4096, "why", null);
        assertThat(failure).hasMessage("write /data/log at offset 4096: why");
        assertThat(failure.operation()).isEqualTo("write");
        assertThat(failure.offsetBytes()).isEqualTo(4096);
        assertThat(new FileFailure(Kind.IO, "sync", Path.of("x"), -1, "why", null))
                .hasMessage("sync x: why");
    }
}
