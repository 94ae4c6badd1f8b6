package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of every version of the format are read by this release, and those of the future refused.
 */
final class GoldenFilesTest {

    /** The files of this release; earlier ones are 1 and up. */
    private static final int FORMAT = 3;

    /**
     * A kind of file.
     *
     * @param ending of its names
     * @param headerBytes bytes of its header, which a checksum ends; the formats' pages have them
     */
    record Kind(FileKind of, String ending, int headerBytes) {

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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, FORMAT})
    void theStoreIsSoundAndHoldsWhatWasWritten(int format) throws Exception {
        GoldenStore.unpack(format, directory);

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
        GoldenStore.unpack(FORMAT, directory);
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
        return Stream.of(
                new Kind(FileKind.MANIFEST, "MANIFEST", 36),
                new Kind(FileKind.WAL_SEGMENT, ".wal", 76),
                new Kind(FileKind.TABLE, ".table", 40));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFileOfTheFutureIsRefusedAndNothingIsTouched(Kind kind) throws Exception {
        GoldenStore.unpack(FORMAT, directory);
        Path future = begun(directory, kind);
        makeFuture(future, kind);
        var before = Damage.image(disk, directory);

        assertRefused(kind, () -> SampleStore.open(disk, directory).close(), future);
        assertRefused(kind, () -> inspection.verify(directory, _ -> {}), future);
        assertRefused(kind, () -> inspection.dump(future, DumpOptions.OUTLINE, _ -> {}), future);

        assertThat(Damage.image(disk, directory)).isEqualTo(before);
    }

    private static void assertRefused(Kind kind, Runnable use, Path future) {
        int version = kind.of().version();
        assertThatThrownBy(use::run)
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage(
                        "%s has format version %d; this release reads up to %d"
                                .formatted(future, version + 1, version));
    }

    private void makeFuture(Path file, Kind kind) {
        int headerBytes = kind.headerBytes();
        byte[] header = Arrays.copyOf(Damage.read(disk, file), headerBytes);
        MemorySegment segment = MemorySegment.ofArray(header);
        LittleEndian.putU16(segment, FileHeader.LAYOUT.offset("version"), kind.of().version() + 1);
        LittleEndian.putI32(segment, headerBytes - 4, Checksums.of(header, headerBytes - 4));
        Damage.overwrite(disk, file, 0, header);
    }
}
