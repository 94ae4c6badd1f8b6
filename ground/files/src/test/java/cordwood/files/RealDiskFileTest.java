package cordwood.files;

import static cordwood.files.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes at offsets of an open file. */
final class RealDiskFileTest {

    @TempDir private Path directory;

    private Path path;
    private DiskFile file;

    @SuppressWarnings("NullAway.Init") // set before each test
    RealDiskFileTest() {}

    @BeforeEach
    void create() {
        path = directory.resolve("file");
        file = Disk.real().create(path);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(random);
        return random;
    }

    private byte[] read(long offsetBytes, int bytes) {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        int count = file.read(offsetBytes, target);
        assertThat(target.position()).isEqualTo(count);
        return Arrays.copyOf(target.array(), count);
    }

    @Test
    void writePutsWhatIsBetweenPositionAndLimit() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}).position(1).limit(4);
        file.write(0, source);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(read(0, 10)).containsExactly(2, 3, 4);
        file.write(1, ByteBuffer.wrap(new byte[] {9}));
        assertThat(read(0, 10)).containsExactly(2, 9, 4);
        file.write(0, ByteBuffer.allocate(0));
        assertThat(file.sizeBytes()).isEqualTo(3);
    }

    @Test
    void writeBehindTheEndLeavesZerosBetween() {
        file.write(5, ByteBuffer.wrap(new byte[] {7}));
        assertThat(read(0, 10)).containsExactly(0, 0, 0, 0, 0, 7);
        assertThat(file.sizeBytes()).isEqualTo(6);
    }

    @Test
    void largeBuffersOfBothKindsComeBackWhole() {
        byte[] bytes = random(5 << 20);
        file.write(3, ByteBuffer.wrap(bytes));
        assertThat(read(3, bytes.length)).isEqualTo(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
        assertThat(file.read(3, direct)).isEqualTo(bytes.length);
        file.write(10_000_000, direct.flip());
        assertThat(read(10_000_000, bytes.length)).isEqualTo(bytes);
    }

    @Test
    void readIsShortOnlyAtTheEnd() {
        file.write(0, ByteBuffer.wrap(random(100)));
        assertThat(read(90, 50)).hasSize(10);
        assertThat(read(100, 50)).isEmpty();
        assertThat(read(1_000, 50)).isEmpty();
        assertThat(read(0, 0)).isEmpty();
    }

    @Test
    void preallocateAppendsZerosAndKeepsTheContent() {
        file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.preallocate((2 << 20) + 17);
        assertThat(file.sizeBytes()).isEqualTo((2 << 20) + 17);
        byte[] all = read(0, 3 << 20);
        assertThat(Arrays.copyOf(all, 4)).containsExactly(1, 2, 3, 0);
        assertThat(all).hasSize((2 << 20) + 17);
        assertThat(Arrays.copyOfRange(all, 3, all.length)).containsOnly(0);
    }

    @Test
    void preallocateBelowTheLengthDoesNothing() {
        file.write(0, ByteBuffer.wrap(random(100)));
        file.preallocate(50);
        file.preallocate(100);
        assertThat(read(0, 200)).isEqualTo(random(100));
    }

    @Test
    void truncateCutsOff() {
        file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.truncate(2);
        assertThat(read(0, 9)).containsExactly(1, 2);
        file.truncate(2);
        file.truncate(0);
        assertThat(file.sizeBytes()).isZero();
    }

    @Test
    void syncAndCloseKeepTheContent() {
        file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.sync();
        file.close();
        file.close();
        assertThat(path).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void everyMethodOfAClosedFileFailsAsClosed() {
        file.close();
        assertThat(file.path()).isEqualTo(path);
        assertFails(Kind.CLOSED, path, () -> file.write(0, ByteBuffer.allocate(1)));
        assertFails(Kind.CLOSED, path, () -> file.read(0, ByteBuffer.allocate(1)));
        assertFails(Kind.CLOSED, path, file::sync);
        assertFails(Kind.CLOSED, path, file::sizeBytes);
        assertFails(Kind.CLOSED, path, () -> file.preallocate(10));
        assertFails(Kind.CLOSED, path, () -> file.truncate(0));
    }

    @Test
    void anInterruptClosesTheFileUnderneath() {
        Thread.currentThread().interrupt();
        try {
            assertFails(Kind.CLOSED, path, () -> file.write(0, ByteBuffer.allocate(1)));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertFails(Kind.CLOSED, path, file::sizeBytes);
    }

    @Test
    void noRoomIsToldFromOtherFailures() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "there is no /dev/full here");
        FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE);
        try (DiskFile device = new RealDiskFile(full, channel)) { // no disk opens a device
            assertFails(Kind.NO_SPACE, full, () -> device.write(0, ByteBuffer.allocate(1)));
            assertFails(Kind.NO_SPACE, full, () -> device.preallocate(1));
        }
    }
}
