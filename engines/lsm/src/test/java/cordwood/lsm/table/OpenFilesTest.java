package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.ScarceDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A bounded number of files is open, whatever is read. */
final class OpenFilesTest {

    private static final int FILES = 10;
    private static final int FILES_MAX = 3;

    private final CrashingDisk files = new CrashingDisk(1);
    private final ScarceDisk disk = new ScarceDisk(files, Integer.MAX_VALUE);
    private final OpenFiles openFiles = new OpenFiles(disk, FILES_MAX);
    private final List<TableFile> tables =
            IntStream.range(0, FILES).mapToObj(i -> new TableFile(openFiles, made(i))).toList();

    /** A file whose content is its number. */
    private Path made(int number) {
        Path path = Path.of("/disk/" + number).toAbsolutePath();
        files.createDirectories(Path.of("/disk").toAbsolutePath());
        try (DiskFile file = files.create(path)) {
            file.write(0, ByteBuffer.wrap(new byte[] {(byte) number}));
        }
        return path;
    }

    private int read(int number) {
        ByteBuffer target = ByteBuffer.allocate(1);
        assertThat(tables.get(number).read(0, target)).isEqualTo(1);
        return target.get(0);
    }

    private List<Integer> open() {
        return files.openFiles().stream()
                .map(path -> Integer.valueOf(path.getFileName().toString()))
                .toList();
    }

    @Test
    void theFileUnusedLongestIsClosedForAnother() {
        for (int number : new int[] {0, 1, 2, 0, 3}) {
            assertThat(read(number)).isEqualTo(number);
        }
        assertThat(open()).containsExactlyInAnyOrder(0, 2, 3);
        assertThat(read(1)).isEqualTo(1);
        assertThat(open()).containsExactlyInAnyOrder(0, 3, 1);
    }

    @Test
    void readersOfMoreFilesThanMayBeOpenGetWhatTheyRead() {
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2 * FILES_MAX; reader++) {
            Random random = new Random(reader);
            readers.add(
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 2_000; i++) {
                                    int number = random.nextInt(FILES);
                                    assertThat(read(number)).isEqualTo(number);
                                    assertThat(disk.openCount()).isLessThanOrEqualTo(FILES_MAX);
                                }
                            },
                            task -> Thread.ofPlatform().start(task)));
        }
        readers.forEach(CompletableFuture::join);
    }

    @Test
    void whereDescriptorsRunOutUnreadFilesMakeRoom() {
        read(0);
        read(1);
        disk.allow(1);

        assertThat(read(2)).isEqualTo(2);
        assertThat(open()).containsExactly(2);
        try (DiskFile other = openFiles.opening(() -> disk.openReadOnly(tables.get(3).path()))) {
            assertThat(other.sizeBytes()).isEqualTo(1);
            assertThat(open()).containsExactly(3);
        }
    }

    @Test
    void aReadWithoutADescriptorFailsAndTheNextOneGoesWell() {
        disk.allow(0);
        for (int i = 0; i < 2 * FILES_MAX; i++) {
            assertThatThrownBy(() -> read(0))
                    .isInstanceOfSatisfying(
                            FileFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(FileFailure.Kind.TOO_MANY_OPEN));
        }
        disk.allow(1);
        assertThat(read(0)).isEqualTo(0);
    }

    @Test
    void aClosedTableIsNotOpenedAgain() {
        read(0);
        tables.get(0).close();
        assertThat(open()).isEmpty();
        assertThatThrownBy(() -> read(0)).isInstanceOf(FileFailure.class);
        assertThat(open()).isEmpty();
    }
}
