package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cordwood.files.Disk;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.RestoreReport;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stores made of snapshots, and of other closed stores. */
final class RestoreTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final Path SNAPSHOT = Path.of("/disk/snapshot").toAbsolutePath();
    private static final Path TARGET = Path.of("/disk/target").toAbsolutePath();

    private final CrashingDisk disk = new CrashingDisk(1);

    private void snapshot() {
        try (LsmStore store = SampleStore.open(disk, STORE)) {
            SampleStore.write(store);
            store.checkpoint(SNAPSHOT);
        }
    }

    private static RestoreReport restore(Disk disk, Path from, Path to) {
        return new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                .restore(from, to, _ -> {}, (_, _) -> {});
    }

    @Test
    void theStoreIsAsTheSnapshotWhichStaysAsItWas() {
        snapshot();
        Map<String, List<Byte>> before = Damage.image(disk, SNAPSHOT);

        RestoreReport report = restore(disk, SNAPSHOT, TARGET);

        assertThat(report.restored()).isTrue();
        assertThat(report.copiedBytes()).isPositive();
        assertThat(Damage.image(disk, SNAPSHOT)).isEqualTo(before);
        CrashingDisk after = disk.crash(1, 0);
        SampleStore.assertWhole(after, TARGET);
        SampleStore.assertWhole(after, SNAPSHOT);
    }

    @Test
    void nothingIsSharedWithTheSnapshot(@TempDir Path root) throws Exception {
        Path snapshot = root.resolve("snapshot");
        Path target = root.resolve("target");
        try (LsmStore store = SampleStore.open(Disk.real(), root.resolve("store"))) {
            SampleStore.write(store);
            store.checkpoint(snapshot);
        }
        restore(Disk.real(), snapshot, target);

        for (Path table : Damage.files(Disk.real(), target, ".table")) {
            assertThat(Files.getAttribute(table, "unix:nlink")).isEqualTo(1);
        }
        SampleStore.assertWhole(Disk.real(), target);
    }

    @Test
    void aStoreWithALogIsRestoredWithIt() {
        SampleStore.write(disk, STORE);

        assertThat(restore(disk, STORE, TARGET).restored()).isTrue();

        SampleStore.assertWhole(disk.crash(1, 0), TARGET);
    }

    @Test
    void aDamagedSnapshotIsNotRestored() {
        snapshot();
        Path table = Damage.files(disk, SNAPSHOT, ".table").getFirst();
        Damage.flip(disk, table, 8 * 100);

        RestoreReport report = restore(disk, SNAPSHOT, TARGET);

        assertThat(report.restored()).isFalse();
        assertThat(report.found().findings())
                .extracting(StoreException.Corrupt::file)
                .containsOnly(table);
        assertThat(disk.exists(TARGET)).isFalse();
    }

    @Test
    void aTargetThatExistsOrLiesInTheSnapshotIsRefusedAndLeftAlone() {
        snapshot();
        Map<String, List<Byte>> before = Damage.image(disk, STORE);

        for (Path target : List.of(STORE, SNAPSHOT.resolve("inside"), SNAPSHOT)) {
            assertThatThrownBy(() -> restore(disk, SNAPSHOT, target))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(target.toString());
        }
        assertThatThrownBy(() -> restore(disk, TARGET, STORE))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining(TARGET + " does not exist");

        assertThat(Damage.image(disk, STORE)).isEqualTo(before);
        assertThat(disk.exists(SNAPSHOT.resolve("inside"))).isFalse();
    }

    @Test
    void aRestoreThatIsStoppedLeavesNothing() {
        snapshot();
        AtomicBoolean stopping = new AtomicBoolean();
        LsmInspection inspection =
                new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, stopping::get);

        RestoreReport report =
                inspection.restore(SNAPSHOT, TARGET, _ -> {}, (_, _) -> stopping.set(true));

        assertThat(report.restored()).isFalse();
        assertThat(disk.exists(TARGET)).isFalse();
        assertThat(disk.openFiles()).isEmpty();
        assertThat(disk.lockedDirectories()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_ERROR", "NO_SPACE", "SHORT_WRITE"})
    void aRestoreThatFailsAnywhereLeavesNothing(Fault.Kind kind) {
        snapshot();
        int failures = 0;
        boolean restored = false;
        while (!restored) {
            CrashingDisk under = disk.crash(1, 100);
            int call = failures + 1;
            FailingDisk failing =
                    new FailingDisk(
                            under,
                            new Fault(kind, call, false, of -> of.path().startsWith(TARGET)));
            var failure =
                    catchThrowableOfType(
                            StoreException.class, () -> restore(failing, SNAPSHOT, TARGET));
            restored = !failing.hasFailed();
            failures += restored ? 0 : 1;

            assertThat(failure == null).as("%s at call %d", kind, call).isEqualTo(restored);
            assertThat(under.exists(TARGET)).as("%s at call %d", kind, call).isEqualTo(restored);
        }
        assertThat(failures).isPositive();
    }

    /** Whatever is left of the target by a power loss or a kill between any two calls. */
    @Test
    void partOfARestoreNeverPassesForAStore() {
        snapshot();
        List<CrashingDisk> found = new ArrayList<>();
        RecordingDisk recording =
                new RecordingDisk(
                        disk,
                        entry -> {
                            for (int percent : List.of(0, 50, 100)) {
                                found.add(disk.crash(found.size(), percent));
                            }
                        });
        restore(recording, SNAPSHOT, TARGET);

        int whole = 0;
        for (CrashingDisk after : found) {
            if (after.exists(TARGET.resolve("MANIFEST"))) {
                whole++;
                SampleStore.assertWhole(after, TARGET);
            } else if (!Damage.files(after, TARGET, ".table").isEmpty()) {
                assertThatThrownBy(() -> SampleStore.open(after, TARGET))
                        .isInstanceOf(StoreException.Corrupt.class);
            }
        }
        assertThat(whole).isPositive().isLessThan(found.size());
    }
}
