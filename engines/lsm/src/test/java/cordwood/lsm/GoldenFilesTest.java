package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.inspect.DumpOptions;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of every version of the format are read by this release, and those of the future refused.
 */
final class GoldenFilesTest {

    /**
     * A kind of file.
     *
     * @param ending of its names
     * @param headerBytes bytes of its header, which a checksum ends; the formats' pages have them
     */
    record Kind(String ending, int headerBytes) {

        boolean isBegun(byte[] file) {
            MemorySegment segment = MemorySegment.ofArray(file);
            int checksumAt = headerBytes - Integer.BYTES;
            return LittleEndian.i32(segment, checksumAt) == Checksums.of(file, checksumAt);
        }
    }

    private final Disk disk = Disk.real();
    private final LsmInspection inspection =
            new LsmInspection(StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false);

    @TempDir private Path directory;

    @BeforeEach
    void unpack() throws Exception {
        GoldenStore.unpack(FileHeader.VERSION, directory);
    }

    @Test
    void theStoreIsSoundAndHoldsWhatWasWritten() {
        StoreReport report = inspection.verify(directory, _ -> {});

        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.files())
                .extracting(file -> file.kind())
                .contains("manifest", "log segment", "table");
        SampleStore.assertWhole(disk, directory);
        SampleStore.assertWhole(disk, directory);
    }

    @Test
    void whatThisReleaseWritesIsOfTheSameKindAndForm() throws Exception {
        Path fresh = directory.resolve("fresh");
        SampleStore.write(disk, fresh);

        assertThat(kinds().map(kind -> start(fresh, kind)))
                .as("a new form needs a new version, and files of it kept")
                .containsExactlyElementsOf(kinds().map(kind -> start(directory, kind)).toList());
    }

    /** Magic, kind and version. */
    private String start(Path where, Kind kind) {
        byte[] file = Damage.read(disk, begun(where, kind));
        return HexFormat.of().formatHex(file, 0, FileHeader.LAYOUT.offset("store_high"));
    }

    /** The first file of a kind that has a header. */
    private Path begun(Path where, Kind kind) {
        return Damage.files(disk, where, kind.ending()).stream()
                .filter(file -> kind.isBegun(Damage.read(disk, file)))
                .findFirst()
                .orElseThrow();
    }

    static Stream<Kind> kinds() {
        return Stream.of(new Kind("MANIFEST", 36), new Kind(".wal", 76), new Kind(".table", 40));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFileOfTheFutureIsRefusedAndNothingIsTouched(Kind kind) {
        Path future = begun(directory, kind);
        makeFuture(future, kind.headerBytes());
        var before = Damage.image(disk, directory);

        assertRefused(() -> SampleStore.open(disk, directory).close(), future);
        assertRefused(() -> inspection.verify(directory, _ -> {}), future);
        assertRefused(() -> inspection.dump(future, DumpOptions.OUTLINE, _ -> {}), future);

        assertThat(Damage.image(disk, directory)).isEqualTo(before);
    }

    private static void assertRefused(Runnable use, Path future) {
        assertThatThrownBy(use::run)
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage(future + " has format version 2; this release reads up to 1");
    }

    private void makeFuture(Path file, int headerBytes) {
        byte[] header = Arrays.copyOf(Damage.read(disk, file), headerBytes);
        MemorySegment segment = MemorySegment.ofArray(header);
        LittleEndian.putU16(segment, FileHeader.LAYOUT.offset("version"), FileHeader.VERSION + 1);
        LittleEndian.putI32(segment, headerBytes - 4, Checksums.of(header, headerBytes - 4));
        Damage.overwrite(disk, file, 0, header);
    }
}
