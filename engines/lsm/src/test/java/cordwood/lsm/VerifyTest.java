package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.inspect.FileReport;
import cordwood.lsm.inspect.FileReport.State;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a verification says of stores that are sound and of stores that are not. */
final class VerifyTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();

    @TempDir private Path directory;

    private static CrashingDisk sample() {
        CrashingDisk disk = new CrashingDisk(1);
        SampleStore.write(disk, STORE);
        return disk;
    }

    private static StoreReport verify(Disk disk, Path directory) {
        List<FileReport> told = new ArrayList<>();
        StoreReport report = inspection(disk).verify(directory, told::add);
        assertThat(told).isEqualTo(report.files());
        return report;
    }

    private static LsmInspection inspection(Disk disk) {
        return new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false);
    }

    @Test
    void tablesOfManyPagesAreSound() {
        CrashingDisk disk = new CrashingDisk(1);
        StoreOptions options =
                Fixtures.options(
                        STORE,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "block-size",
                        "1KiB",
                        "compression",
                        "none");
        try (LsmStore store = LsmStore.open(options, LsmEnvironment.on(disk))) {
            for (int row = 0; row < 3; row++) {
                try (WriteBatch batch = store.newBatch()) {
                    for (int i = 0; i < 1_000; i++) {
                        batch.put(new Space(1, "many"), 1, row * 1_000 + i, Bytes.random(i, 1_000));
                    }
                    store.append(batch, Durability.WRITTEN).await();
                }
                store.flush();
            }
            assertThat(verifyCopyOf(store, disk).findings()).isEmpty();
            store.compact();
            assertThat(verifyCopyOf(store, disk).findings()).isEmpty();
        }
    }

    private static StoreReport verifyCopyOf(LsmStore store, CrashingDisk disk) {
        Path copy = STORE.resolveSibling("copy" + disk.list(STORE.getParent()).size());
        store.checkpoint(copy);
        return verify(disk, copy);
    }

    private static void assertDamaged(StoreReport report, Path file) {
        assertThat(report.isSound()).isFalse();
        assertThat(report.findings())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.file()).isEqualTo(file));
        assertThat(report.files())
                .filteredOn(one -> one.file().equals(file))
                .singleElement()
                .extracting(FileReport::state)
                .isIn(State.DAMAGED, State.MISSING);
    }

    @Test
    void aClosedStoreIsSoundAndLeftAsItWas() {
        Disk disk = Disk.real();
        Path store = directory.resolve("store");
        SampleStore.write(disk, store);
        var before = Damage.image(disk, store);
        byte[] lock = Damage.read(disk, store.resolve("LOCK"));

        StoreReport report = verify(disk, store);

        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.records()).isGreaterThan(SampleStore.expected().size());
        assertThat(report.log()).endsWith(", where it was closed");
        assertThat(report.files()).extracting(FileReport::state).containsOnly(State.SOUND);
        assertThat(report.files()).extracting(FileReport::kind).contains("table", "log segment");
        assertThat(Damage.image(disk, store)).isEqualTo(before);
        assertThat(Damage.read(disk, store.resolve("LOCK"))).isEqualTo(lock);
        SampleStore.assertWhole(disk, store);
    }

    @Test
    void aTornTailIsToldAndNoDamage() {
        CrashingDisk disk = new CrashingDisk(1);
        try (LsmStore store = SampleStore.open(disk, STORE)) {
            SampleStore.write(store);
            for (int i = 0; i < 3; i++) {
                try (WriteBatch batch = store.newBatch()) {
                    batch.put(SampleStore.SPACE, 1, 10_000 + i, Bytes.of("not synced"));
                    store.append(batch, Durability.WRITTEN).await();
                }
            }
            CrashingDisk crashed = disk.crash(1, 100);
            StoreReport whole = verify(crashed, STORE);
            assertThat(whole.isSound()).isTrue();
            assertThat(whole.log()).contains(", not closed: ").doesNotContain("torn");

            Path last = lastBegun(whole);
            Damage.flip(crashed, last, 8 * lastByteOf(crashed, last, "not synced"));
            StoreReport torn = verify(crashed, STORE);

            assertThat(torn.isSound()).isTrue();
            assertThat(torn.log()).contains(last.getFileName() + ", behind it a torn tail of ");
            try (LsmStore reopened = SampleStore.open(crashed, STORE)) {
                assertThat(reopened.recovery().droppedBytes()).isPositive();
                assertThat(SampleStore.content(reopened)).containsKey("1/10001");
                assertThat(SampleStore.content(reopened)).doesNotContainKey("1/10002");
            }
        }
    }

    private static Path lastBegun(StoreReport report) {
        return report.files().stream()
                .filter(file -> file.content().contains(" batches, "))
                .toList()
                .getLast()
                .file();
    }

    private static long lastByteOf(Disk disk, Path file, String text) {
        String content = new String(Damage.read(disk, file), StandardCharsets.ISO_8859_1);
        return content.lastIndexOf(text);
    }

    @Test
    void damageOfWhatWasSyncedIsFoundInTheLogBeforeItsEnd() {
        CrashingDisk disk = new CrashingDisk(1);
        try (LsmStore store = SampleStore.open(disk, STORE)) {
            SampleStore.write(store);
            CrashingDisk crashed = disk.crash(1, 100);
            Path last = lastBegun(verify(crashed, STORE));
            Damage.flip(crashed, last, 8 * (4096 + 60));

            StoreReport report = verify(crashed, STORE);

            assertDamaged(report, last);
            assertThat(report.findings())
                    .extracting(StoreException.Corrupt::offsetBytes)
                    .contains(4096L);
        }
    }

    @Test
    void anOpenStoreIsRefusedAndStaysOpen() {
        Path store = directory.resolve("store");
        try (LsmStore open = SampleStore.open(Disk.real(), store)) {
            assertThatThrownBy(() -> verify(Disk.real(), store))
                    .isInstanceOf(StoreException.Busy.class)
                    .hasMessageContaining(store.toString());
            SampleStore.write(open);
            assertThat(SampleStore.content(open)).isEqualTo(SampleStore.expected());
        }
    }

    @Test
    void whatIsNoStoreIsRefusedAndLeftAlone() throws Exception {
        Disk disk = Disk.real();
        Path file = Files.writeString(directory.resolve("file"), "text");
        for (Path none : List.of(directory, file, directory.resolve("missing"))) {
            assertThatThrownBy(() -> verify(disk, none))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(none.toString());
        }
        assertThat(disk.list(directory)).containsExactly(file);
    }

    @Test
    void aBudgetUnderTheLeastIsRefused() {
        assertThatThrownBy(() -> new LsmInspection(1 << 20, () -> false))
                .isInstanceOf(StoreException.Invalid.class);
    }

    @Test
    void eachMissingFileIsFound() {
        CrashingDisk sample = sample();
        for (FileReport file : verify(sample, STORE).files()) {
            CrashingDisk disk = sample.crash(1, 100);
            disk.delete(file.file());
            if (file.file().equals(Damage.manifest(STORE))) {
                assertThatThrownBy(() -> verify(disk, STORE))
                        .isInstanceOf(StoreException.Corrupt.class);
            } else {
                assertDamaged(verify(disk, STORE), file.file());
            }
        }
    }

    @Test
    void eachEmptiedFileIsFoundWhateverWasInIt() {
        CrashingDisk sample = sample();
        for (FileReport file : verify(sample, STORE).files()) {
            CrashingDisk disk = sample.crash(1, 100);
            Damage.truncate(disk, file.file(), 0);
            assertDamaged(verify(disk, STORE), file.file());
        }
    }

    @Test
    void filesOffRecordAreToldAndNoDamage() {
        CrashingDisk disk = sample();
        Path table = Damage.files(disk, STORE, ".table").getFirst();
        Path copy = STORE.resolve("00000000000000ff.table");
        Damage.copy(disk, table, copy);
        Path foreign = STORE.resolve("notes.txt");
        try (DiskFile notes = disk.create(foreign)) {
            notes.write(0, Bytes.of("notes").asByteBuffer());
        }

        StoreReport report = verify(disk, STORE);

        assertThat(report.isSound()).isTrue();
        assertThat(report.files())
                .filteredOn(file -> file.state() != State.SOUND)
                .extracting(FileReport::file, FileReport::state)
                .containsExactly(tuple(copy, State.UNRECORDED), tuple(foreign, State.FOREIGN));
        SampleStore.assertWhole(disk, STORE);
    }

    @Test
    void swappedFilesAreBothFound() {
        for (String ending : List.of(".table", ".wal")) {
            CrashingDisk disk = sample();
            List<Path> files = Damage.files(disk, STORE, ending);
            Damage.swap(disk, files.get(0), files.get(1));

            StoreReport report = verify(disk, STORE);

            assertThat(report.isSound()).isFalse();
            assertThat(report.findings())
                    .extracting(StoreException.Corrupt::file)
                    .isSubsetOf(files.get(0), files.get(1))
                    .contains(files.get(0));
        }
    }

    @Test
    void aVerificationThatIsStoppedIsNotSound() {
        CrashingDisk disk = sample();

        StoreReport report =
                new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> true)
                        .verify(STORE, _ -> {});

        assertThat(report.complete()).isFalse();
        assertThat(report.isSound()).isFalse();
    }
}
