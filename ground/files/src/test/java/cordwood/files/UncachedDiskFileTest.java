package cordwood.files;

import static cordwood.files.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** A file written past the page cache, where the file system of the build's folder can do that. */
final class UncachedDiskFileTest {

    private static final int BLOCK_BYTES = Disk.BLOCK_BYTES;
    private static final int O_DIRECT = 0x4000;

    /** The system's temporary folder is often kept in memory. */
    static final class BuildFolder implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "test");
        }
    }

    @TempDir(factory = BuildFolder.class)
    private Path directory;

    private Path path;
    private DiskFile file;

    @SuppressWarnings("NullAway.Init") // set before each test
    UncachedDiskFileTest() {}

    @BeforeEach
    void create() {
        path = directory.resolve("file");
        file = Disk.real().createUncached(path);
    }

    @AfterEach
    void close() {
        file.close();
    }

    /** Random bytes that start so far behind a multiple of a block. */
    private static ByteBuffer random(int bytes, int behind) {
        ByteBuffer memory =
                ByteBuffer.allocateDirect(bytes + behind + 2 * BLOCK_BYTES)
                        .alignedSlice(BLOCK_BYTES)
                        .position(behind)
                        .limit(behind + bytes);
        SplittableRandom random = new SplittableRandom(bytes);
        for (int i = 0; i < bytes; i++) {
            memory.put(behind + i, (byte) random.nextInt());
        }
        return memory;
    }

    private void assertHolds(long offsetBytes, ByteBuffer expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(expected.remaining());
        file.read(offsetBytes, found);
        assertThat(found.flip()).isEqualTo(expected);
        try (FileChannel other = FileChannel.open(path)) {
            found.clear();
            other.read(found, offsetBytes);
            assertThat(found.flip()).isEqualTo(expected);
        }
    }

    private void write(long offsetBytes, ByteBuffer bytes) throws IOException {
        file.write(offsetBytes, bytes.duplicate());
        assertHolds(offsetBytes, bytes);
    }

    @Test
    void wholeBlocksArriveAndAreThereAfterASync() throws IOException {
        write(0, random(3 * BLOCK_BYTES, 0));
        write(3L * BLOCK_BYTES, random(300 * BLOCK_BYTES, 0));
        file.sync();
        assertThat(file.sizeBytes()).isEqualTo(303L * BLOCK_BYTES);
        assertHolds(0, random(3 * BLOCK_BYTES, 0));
    }

    @Test
    void whatIsLeftBehindWholeBlocksArrivesToo() throws IOException {
        write(0, random(2 * BLOCK_BYTES + 100, 0));
        assertThat(file.sizeBytes()).isEqualTo(2L * BLOCK_BYTES + 100);
    }

    @Test
    void bytesThatDoNotStartWithABlockArrive() throws IOException {
        write(0, random(2 * BLOCK_BYTES, 1));
        write(2 * BLOCK_BYTES + 7, random(2 * BLOCK_BYTES, 0));
        write(5L * BLOCK_BYTES, random(10, 0));
        ByteBuffer onHeap = ByteBuffer.allocate(BLOCK_BYTES).put(random(BLOCK_BYTES, 0)).flip();
        write(6L * BLOCK_BYTES, onHeap);
    }

    @Test
    void positionEndsBehindWhatWasWrittenAndTheLimitStays() {
        ByteBuffer bytes = random(BLOCK_BYTES + 10, 0);
        int limit = bytes.limit();
        file.write(0, bytes);
        assertThat(bytes.position()).isEqualTo(limit);
        assertThat(bytes.limit()).isEqualTo(limit);
    }

    @Test
    void goesPastThePageCache() throws IOException {
        assumeTrue(file instanceof UncachedDiskFile, "this file system has no such way");
        assertThat(openFlags()).anyMatch(flags -> (flags & O_DIRECT) != 0);
    }

    @Test
    void writingAfterCloseFails() {
        file.close();
        assertFails(Kind.CLOSED, path, () -> file.write(0, random(BLOCK_BYTES, 0)));
    }

    private List<Integer> openFlags() throws IOException {
        List<Integer> flags = new ArrayList<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                if (Files.isRegularFile(descriptor) && Files.isSameFile(descriptor, path)) {
                    flags.add(flags(descriptor.getFileName()));
                }
            }
        }
        return flags;
    }

    private static int flags(Path descriptor) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo").resolve(descriptor))) {
            if (line.startsWith("flags:")) {
                return Integer.parseInt(line.substring(6).strip(), 8);
            }
        }
        throw new AssertionError("no flags for descriptor " + descriptor);
    }
}
