package cordwood.memory.nativemodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorModes;
import cordwood.memory.pool.AllocatorUnavailable;
import cordwood.memory.pool.NativeAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NativeModesTest {

    @ParameterizedTest
    @CsvSource({
        "small_pool, small_pool",
        "sharded, small_pool",
        "system, system",
        "default, system",
        "mimalloc, mimalloc"
    })
    void everyNameAndAliasIsFound(String name, String mode) {
        assertThat(AllocatorModes.named(name).name()).isEqualTo(mode);
        assertThat(AllocatorModes.named(name).describe(Map.of())).isNotBlank().doesNotContain("\n");
    }

    @Test
    void unknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> AllocatorModes.named("jemalloc"))
                .isInstanceOf(AllocatorUnavailable.class)
                .hasMessage(
                        "no allocator named 'jemalloc': known are mimalloc, small_pool (sharded), system (default)");
    }

    @Test
    void bundledLibraryIsTheOneOfItsDependency() {
        assertThat(AllocatorModes.named("mimalloc").describe(Map.of()))
                .isEqualTo("mimalloc 3.5.0, bundled");
    }

    @Test
    void anotherLibraryThanTheOneLoadedIsRefused() {
        AllocatorMode mode = AllocatorModes.named("mimalloc");
        mode.describe(Map.of());
        assertThatThrownBy(() -> mode.describe(Map.of("mimalloc-library", "/lib/other.so")))
                .isInstanceOf(AllocatorUnavailable.class)
                .hasMessageContaining("loaded mimalloc from 'bundled' already");
    }

    @Test
    void unpackedLibraryIsRemovedOnceLoaded(@TempDir Path directory) throws IOException {
        Path file = MimallocLibrary.unpack(directory);
        assertThat(file).isRegularFile();
        assertThat(Files.getPosixFilePermissions(file.getParent())).hasSize(3);
        assertThat(MimallocLibrary.open(file).find("mi_malloc")).isPresent();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void fileThatIsNoLibraryIsRefused(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("lib.so"), "no library");
        assertThatThrownBy(() -> MimallocLibrary.find(file.toString()))
                .isInstanceOf(AllocatorUnavailable.class)
                .hasMessageContaining(file + " cannot be loaded");
        assertThatThrownBy(() -> MimallocLibrary.find(directory + "/none.so"))
                .isInstanceOf(AllocatorUnavailable.class)
                .hasMessageContaining("no library there");
    }

    /** The C library is one that everybody has, and not mimalloc. */
    @Test
    void libraryThatIsNotMimallocIsRefused() {
        assertThatThrownBy(() -> MimallocLibrary.find("libc.so.6"))
                .isInstanceOf(AllocatorUnavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "mimalloc"})
    void usableBytesAreWithinWhatIsReserved(String name) {
        NativeAllocator library =
                AllocatorModes.named(name).nativeAllocator(Map.of()).orElseThrow();
        for (int alignment : new int[] {1, 8, 16, 64, 4096}) {
            for (int bytes = 1; bytes < 40 << 20; bytes += 1 + bytes / 9) {
                long address = library.allocate(bytes, alignment);
                long usableBytes = library.usableBytes(address);
                assertThat(usableBytes)
                        .as("%d bytes aligned to %d", bytes, alignment)
                        .isBetween((long) bytes, library.usableBytesMax(bytes, alignment));
                library.free(address, usableBytes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "mimalloc"})
    void moreThanTheSystemHasIsNoAddress(String name) {
        NativeAllocator library =
                AllocatorModes.named(name).nativeAllocator(Map.of()).orElseThrow();
        assertThat(library.allocate(1L << 60, 8)).isZero();
        long address = library.allocate(100, 8);
        assertThat(library.resize(address, library.usableBytes(address), 1L << 60)).isZero();
        library.free(address, library.usableBytes(address));
    }
}
