package cordwood.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SmallDiskTest {

    private static final int BLOCK = Disk.BLOCK_BYTES;
    private static final Path DIRECTORY = Path.of("/disk");
    private static final Path FILE = DIRECTORY.resolve("a");

    private final SmallDisk disk = new SmallDisk(new CrashingDisk(1), 4 * BLOCK);

    @BeforeEach
    void make() {
        disk.createDirectories(DIRECTORY);
    }

    private void requireNoSpace(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        FileFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FileFailure.Kind.NO_SPACE));
    }

    @Test
    void countsBlocksAndNotBytes() {
        try (DiskFile file = disk.create(FILE)) {
            file.write(0, ByteBuffer.allocate(1));
            assertThat(disk.freeBytes()).isEqualTo(3 * BLOCK);
            file.write(1, ByteBuffer.allocate(BLOCK - 1));
            assertThat(disk.freeBytes()).isEqualTo(3 * BLOCK);
            file.write(0, ByteBuffer.allocate(BLOCK + 1));
            assertThat(disk.freeBytes()).isEqualTo(2 * BLOCK);
        }
    }

    @Test
    void writesWhatFitsAndFails() {
        try (DiskFile file = disk.create(FILE)) {
            requireNoSpace(() -> file.write(BLOCK, ByteBuffer.allocate(5 * BLOCK)));
            assertThat(file.sizeBytes()).isEqualTo(4 * BLOCK);
            assertThat(disk.freeBytes()).isZero();
            file.write(2 * BLOCK, ByteBuffer.allocate(2 * BLOCK));
        }
    }

    @Test
    void preallocationTakesAllOrNothing() {
        try (DiskFile file = disk.create(FILE)) {
            requireNoSpace(() -> file.preallocate(5 * BLOCK));
            assertThat(disk.freeBytes()).isEqualTo(4 * BLOCK);
            file.preallocate(4 * BLOCK);
            assertThat(disk.freeBytes()).isZero();
        }
    }

    @Test
    void whatIsDeletedOrReplacedGivesRoom() {
        Path other = DIRECTORY.resolve("b");
        for (Path path : new Path[] {FILE, other}) {
            try (DiskFile file = disk.create(path)) {
                file.preallocate(2 * BLOCK);
            }
        }
        disk.rename(FILE, other);
        assertThat(disk.freeBytes()).isEqualTo(2 * BLOCK);
        disk.delete(other);
        assertThat(disk.freeBytes()).isEqualTo(4 * BLOCK);
    }

    @Test
    void aLinkTakesNoRoomAndTheFileGivesSomeWithItsLastName() {
        Path link = DIRECTORY.resolve("b");
        try (DiskFile file = disk.create(FILE)) {
            file.preallocate(3 * BLOCK);
        }
        disk.tryLink(FILE, link);
        assertThat(disk.freeBytes()).isEqualTo(BLOCK);
        disk.delete(FILE);
        assertThat(disk.freeBytes()).isEqualTo(BLOCK);
        disk.delete(link);
        assertThat(disk.freeBytes()).isEqualTo(4 * BLOCK);
    }
}
