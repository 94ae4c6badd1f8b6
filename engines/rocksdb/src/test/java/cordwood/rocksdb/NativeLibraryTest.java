package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    @TempDir private Path cache;

    @Test
    void oneCopyIsMadeAndReused() throws IOException {
        Path copy = Objects.requireNonNull(NativeLibrary.copyIn(cache));
        FileTime made = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(copy, made);
        assertThat(NativeLibrary.copyIn(cache)).isEqualTo(copy);
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(made);
        assertOnly(copy);
    }

    @Test
    void damagedCopyIsReplaced() throws IOException {
        Path copy = Objects.requireNonNull(NativeLibrary.copyIn(cache));
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 1;
        Files.write(copy, bytes);
        assertThat(NativeLibrary.copyIn(cache)).isEqualTo(copy);
        bytes[bytes.length / 2] ^= 1;
        assertThat(Files.readAllBytes(copy)).isEqualTo(bytes);
        assertOnly(copy);
    }

    @Test
    void whereNoneCanBeMadeThereIsNone() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "no directory");
        assertThat(NativeLibrary.copyIn(file)).isNull();
    }

    private void assertOnly(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactly(copy);
        }
    }
}
