package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.lsm.inspect.DumpOptions;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What disks and people do to whole files of a closed store. Opening refuses it, says which file it
 * is, and touches nothing; only the blocks of tables are not looked at before they are read.
 */
final class FileDamageTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();

    private final CrashingDisk disk = new CrashingDisk(1);

    FileDamageTest() {
        SampleStore.write(disk, STORE);
    }

    static Stream<String> endings() {
        return Stream.of("MANIFEST", ".wal", ".table");
    }

    /** Files of a kind that something is in. */
    private List<Path> files(String ending) {
        List<Path> files = new ArrayList<>();
        for (Path file : Damage.files(disk, STORE, ending)) {
            if (!ending.equals(".wal") || holdsBatches(file)) {
                files.add(file);
            }
        }
        assertThat(files).as(ending).isNotEmpty();
        return files;
    }

    private boolean holdsBatches(Path segment) {
        return !new LogBytes(ByteBuffer.wrap(Damage.read(disk, segment)), 0).frames().isEmpty();
    }

    private void requireRefused(Path... damaged) {
        var before = Damage.image(disk, STORE);

        assertThatThrownBy(() -> SampleStore.open(disk, STORE).close())
                .isInstanceOfSatisfying(
                        StoreException.Corrupt.class,
                        refusal -> assertThat(refusal.file()).isIn((Object[]) damaged));

        assertThat(Damage.image(disk, STORE)).isEqualTo(before);
        assertThat(disk.openFiles()).isEmpty();
        assertThat(disk.lockedDirectories()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".wal", ".table"})
    void aMissingFileIsRefused(String ending) {
        Path file = files(ending).getFirst();
        disk.delete(file);
        requireRefused(file);
    }

    @Test
    void aStoreWithoutItsManifestIsRefused() {
        disk.delete(Damage.manifest(STORE));

        assertThatThrownBy(() -> SampleStore.open(disk, STORE).close())
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("no manifest");
    }

    @ParameterizedTest
    @MethodSource("endings")
    void anEmptiedFileIsRefused(String ending) {
        Path file = files(ending).getFirst();
        Damage.truncate(disk, file, 0);
        requireRefused(file);
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFileOfWhichOnlyTheHeaderIsLeftIsRefused(String ending) {
        Path file = files(ending).getFirst();
        Damage.truncate(disk, file, 80);
        requireRefused(file);
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFileThatLostItsLastByteOfUseIsRefused(String ending) {
        Path file = files(ending).getLast();
        int end = Damage.read(disk, file).length;
        byte[] bytes = Damage.read(disk, file);
        while (bytes[end - 1] == 0) {
            end--;
        }
        Damage.truncate(disk, file, end - 1);
        requireRefused(file);
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFileOfZerosIsRefused(String ending) {
        Path file = files(ending).getFirst();
        Damage.overwrite(disk, file, 0, new byte[Damage.read(disk, file).length]);
        requireRefused(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {".wal", ".table"})
    void aFileInThePlaceOfAnotherIsRefused(String ending) {
        Path file = files(ending).getFirst();
        Path other = files(ending).getLast();
        assertThat(other).isNotEqualTo(file);
        disk.delete(other);
        Damage.copy(disk, file, other);
        requireRefused(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {".wal", ".table"})
    void swappedFilesAreRefused(String ending) {
        Path file = files(ending).getFirst();
        Path other = files(ending).getLast();
        Damage.swap(disk, file, other);
        requireRefused(file, other);
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aFileOfAnotherStoreIsRefused(String ending) {
        Path foreign = Path.of("/disk/foreign").toAbsolutePath();
        SampleStore.write(disk, foreign);
        Path file = files(ending).getFirst();
        disk.delete(file);
        Path same = foreign.resolve(file.getFileName());
        Damage.copy(
                disk,
                disk.exists(same) ? same : Damage.files(disk, foreign, ending).getFirst(),
                file);

        assertThatThrownBy(() -> SampleStore.open(disk, STORE).close())
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining(STORE.toString());
    }

    @Test
    void aBlockInThePlaceOfAnotherIsRefusedWhenItIsRead() {
        Path table = files(".table").getFirst();
        byte[] bytes = Damage.read(disk, table);
        List<Integer> blocks = blocks(table);
        int from = blocks.get(1);
        int to = blocks.get(2);
        byte[] block = Arrays.copyOfRange(bytes, from, to);
        Damage.overwrite(disk, table, to, block);

        assertThatThrownBy(
                        () -> {
                            try (LsmStore store = SampleStore.open(disk, STORE)) {
                                SampleStore.content(store);
                            }
                        })
                .isInstanceOfSatisfying(
                        StoreException.Corrupt.class,
                        refusal -> {
                            assertThat(refusal.file()).isEqualTo(table);
                            assertThat(refusal.offsetBytes()).isEqualTo(to);
                        });
    }

    private List<Integer> blocks(Path table) {
        List<Integer> offsets = new ArrayList<>();
        Pattern offset = Pattern.compile("    block .* offset=(\\d+) .*");
        new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                .dump(
                        table,
                        DumpOptions.OUTLINE,
                        line -> {
                            Matcher matcher = offset.matcher(line);
                            if (matcher.matches()) {
                                offsets.add(Integer.parseInt(matcher.group(1)));
                            }
                        });
        assertThat(offsets).hasSizeGreaterThan(3);
        return offsets;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 80, 4096, 10_000})
    void whatACrashLeftHalfMadeIsRemoved(int bytes) {
        List<Path> residue = new ArrayList<>();
        for (String ending : List.of(".wal", ".wal.tmp", ".table", ".table.tmp")) {
            residue.add(leave(STORE.resolve("00000000000000f0" + ending), bytes));
        }
        residue.add(leave(STORE.resolve("MANIFEST.tmp"), bytes));

        SampleStore.assertWhole(disk, STORE);

        assertThat(disk.list(STORE)).doesNotContainAnyElementsOf(residue);
    }

    /** A file that was made and preallocated, and not written. */
    private Path leave(Path path, int bytes) {
        try (DiskFile file = disk.create(path)) {
            file.preallocate(bytes);
        }
        return path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffffffffffff.table", "7ffffffffffffffe.wal.tmp"})
    void aFileWithANumberThatNobodyGaveOutHarmsNothing(String name) {
        disk.create(STORE.resolve(name)).close();
        for (int life = 1; life <= 3; life++) {
            try (StoreUnderTest store = new StoreUnderTest(() -> SampleStore.open(disk, STORE))) {
                store.put(77, life, "goes on");
                ((LocalStore) store.store()).flush();
                assertThat(store.positions(77)).hasSize(life);
            }
        }
    }
}
