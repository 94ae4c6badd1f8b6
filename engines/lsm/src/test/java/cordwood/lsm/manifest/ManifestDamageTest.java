package cordwood.lsm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.lsm.format.FileNames;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.store.StoreException;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SyncFault;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which damage of a manifest is the torn edit of a crash, and which is refused. */
final class ManifestDamageTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final Path FILE = DIRECTORY.resolve(FileNames.MANIFEST);
    private static final int PAGE_BYTES = ManifestDescriptor.PAGE_BYTES;

    /** The snapshot is in the first frame; then there are three edits, a page each. */
    private static final int FIRST_EDIT_AT = ManifestDescriptor.FRAMES_AT + PAGE_BYTES;

    private static final int LAST_EDIT_AT = FIRST_EDIT_AT + 2 * PAGE_BYTES;

    private final CrashingDisk disk = new CrashingDisk(1);
    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));

    @BeforeEach
    void write() {
        disk.createDirectories(DIRECTORY);
        try (Manifest manifest =
                Manifest.create(
                        disk, DIRECTORY, memory.chunks(), memory.budget().account("test"))) {
            for (long number = 1; number <= 3; number++) {
                manifest.append(List.of(new Edit.AddSegment(number, 4096)));
            }
        }
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private Manifest open() {
        return Manifest.open(disk, DIRECTORY, memory.chunks(), memory.budget().account("test"));
    }

    private void overwrite(int offset, byte... bytes) {
        try (DiskFile file = disk.open(FILE)) {
            file.write(offset, ByteBuffer.wrap(bytes));
        }
    }

    private static List<Long> numbers(Manifest manifest) {
        return manifest.read(
                state -> state.segments().stream().map(segment -> segment.number()).toList());
    }

    private void requireRefusedAt(int offset) {
        assertThatThrownBy(() -> open().close())
                .isInstanceOfSatisfying(
                        StoreException.Corrupt.class,
                        refusal -> {
                            assertThat(refusal.file()).isEqualTo(FILE);
                            assertThat(refusal.offsetBytes()).isEqualTo(offset);
                        });
        assertThat(disk.openFiles()).isEmpty();
    }

    @Test
    void aTornLastEditIsDropped() {
        for (int at : new int[] {0, 10, 31, 33}) {
            disk.delete(FILE);
            write();
            overwrite(LAST_EDIT_AT + at, (byte) 0xA5);
            try (Manifest manifest = open()) {
                assertThat(numbers(manifest)).containsExactly(1L, 2L);
                manifest.append(List.of(new Edit.AddSegment(3, 4096)));
            }
            try (Manifest manifest = open()) {
                assertThat(numbers(manifest)).containsExactly(1L, 2L, 3L);
            }
        }
    }

    @Test
    void anEditOfZerosAtTheEndIsDropped() {
        overwrite(LAST_EDIT_AT, new byte[PAGE_BYTES]);
        try (Manifest manifest = open()) {
            assertThat(numbers(manifest)).containsExactly(1L, 2L);
        }
    }

    @Test
    void damageOfAnEditWithOthersBehindItIsRefused() {
        for (int at : new int[] {0, 10, 31, 33}) {
            overwrite(FIRST_EDIT_AT + at, (byte) 0xA5);
            requireRefusedAt(FIRST_EDIT_AT);
        }
    }

    @Test
    void aDamagedSnapshotIsRefused() {
        overwrite(ManifestDescriptor.FRAMES_AT + 20, (byte) 0xA5);
        requireRefusedAt(ManifestDescriptor.FRAMES_AT);
    }

    @Test
    void aDamagedHeaderIsRefused() {
        overwrite(20, (byte) 0xA5);
        requireRefusedAt(0);
    }

    @Test
    void aFileThatWasCutShortIsRefused() {
        try (DiskFile file = disk.open(FILE)) {
            file.truncate(LAST_EDIT_AT + PAGE_BYTES);
        }
        assertThatThrownBy(() -> open().close()).isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void anEditInThePlaceOfAnotherIsRefused() {
        byte[] page = new byte[PAGE_BYTES];
        try (DiskFile file = disk.open(FILE)) {
            file.read(LAST_EDIT_AT, ByteBuffer.wrap(page));
        }
        overwrite(FIRST_EDIT_AT, page);
        requireRefusedAt(FIRST_EDIT_AT);
    }

    @Test
    void anEditWhoseSyncFailedStaysOnceAnOpeningReliedOnIt() {
        failEdit(4);
        try (Manifest manifest = open()) {
            manifest.startAfresh();
        }
        assertThat(numbersAfterPowerLoss()).containsExactly(1L, 2L, 3L, 4L);

        failEdit(5);
        try (Manifest manifest = open()) {
            manifest.append(List.of(new Edit.AddSegment(6, 4096)));
        }
        assertThat(numbersAfterPowerLoss()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    /** The system goes on showing the edit, which is on no disk. */
    private void failEdit(long number) {
        try (Manifest manifest = open()) {
            manifest.startAfresh();
            disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.PAGES_KEPT, 100));
            assertThatThrownBy(() -> manifest.append(List.of(new Edit.AddSegment(number, 4096))))
                    .isInstanceOf(StoreException.Failed.class);
        }
        try (Manifest manifest = open()) {
            assertThat(numbers(manifest)).contains(number);
        }
    }

    private List<Long> numbersAfterPowerLoss() {
        CrashingDisk found = disk.crash(7, 0);
        try (Manifest manifest =
                Manifest.open(found, DIRECTORY, memory.chunks(), memory.budget().account("test"))) {
            return numbers(manifest);
        }
    }

    @Test
    void aManifestThatIsOnlyReadIsNotTouched() {
        long fingerprint = disk.fingerprint();
        long calls = disk.changingCalls();
        open().close();
        assertThat(disk.changingCalls()).isEqualTo(calls);
        assertThat(disk.fingerprint()).isEqualTo(fingerprint);
    }
}
