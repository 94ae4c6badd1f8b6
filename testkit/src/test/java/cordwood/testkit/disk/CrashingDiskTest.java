package cordwood.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The model loses what it should lose, and nothing else. */
final class CrashingDiskTest {

    private static final Path DIRECTORY = Path.of("/disk");
    private static final Path FILE = DIRECTORY.resolve("a");
    private static final int BLOCK = FileImage.BLOCK_BYTES;

    private final CrashingDisk disk = new CrashingDisk(1);

    private DiskFile created(Path path) {
        disk.createDirectories(DIRECTORY);
        return disk.create(path);
    }

    /** A file with synced content whose name is stored. */
    private DiskFile stored(int bytes, int value) {
        DiskFile file = created(FILE);
        file.write(0, filled(bytes, value));
        file.sync();
        disk.syncDirectory(DIRECTORY);
        return file;
    }

    private static ByteBuffer filled(int bytes, int value) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return ByteBuffer.wrap(content);
    }

    private static byte[] content(Disk disk, Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer target = ByteBuffer.allocate((int) file.sizeBytes());
            assertThat(file.read(0, target)).isEqualTo(target.capacity());
            return target.array();
        }
    }

    private static byte[] filledArray(int bytes, int value) {
        return filled(bytes, value).array();
    }

    @Test
    void unsyncedContentIsLostAndSyncedContentIsNot() {
        DiskFile file = stored(100, 1);
        file.write(100, filled(50, 2));

        assertThat(content(disk, FILE)).hasSize(150);
        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(filledArray(100, 1));
        assertThat(content(disk.crash(7, 100), FILE)).hasSize(150);
    }

    @Test
    void createdNameIsLostUntilItsDirectoryIsSynced() {
        DiskFile file = created(FILE);
        file.write(0, filled(10, 1));
        file.sync();

        assertThat(disk.crash(7, 0).exists(FILE)).isFalse();
        disk.syncDirectory(DIRECTORY);
        assertThat(content(disk.crash(7, 0), FILE)).hasSize(10);
    }

    @Test
    void nameWithoutContentSurvivesAsAnEmptyFile() {
        DiskFile file = created(FILE);
        file.write(0, filled(10, 1));
        disk.syncDirectory(DIRECTORY);

        assertThat(content(disk.crash(7, 0), FILE)).isEmpty();
    }

    @Test
    void deletedNameComesBackUntilItsDirectoryIsSynced() {
        stored(10, 1).close();
        disk.delete(FILE);

        assertThat(disk.exists(FILE)).isFalse();
        assertThat(content(disk.crash(7, 0), FILE)).hasSize(10);
        disk.syncDirectory(DIRECTORY);
        assertThat(disk.crash(7, 0).exists(FILE)).isFalse();
    }

    @Test
    void renameIsOldOrNewAndNeverNeither() {
        stored(10, 1).close();
        Path draft = DIRECTORY.resolve("draft");
        DiskFile file = disk.create(draft);
        file.write(0, filled(20, 2));
        file.sync();
        disk.rename(draft, FILE);

        Set<Integer> sizes = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            sizes.add(content(disk.crash(seed, 50), FILE).length);
        }
        assertThat(sizes).containsExactlyInAnyOrder(10, 20);
    }

    @Test
    void renameWithoutSyncedContentCanLeaveAnEmptyFile() {
        stored(10, 1).close();
        Path draft = DIRECTORY.resolve("draft");
        disk.create(draft).write(0, filled(20, 2));
        disk.rename(draft, FILE);
        disk.syncDirectory(DIRECTORY);

        assertThat(content(disk.crash(7, 0), FILE)).isEmpty();
    }

    @Test
    void linkIsLostUntilItsDirectoryIsSyncedAndNamesTheSameBytes() {
        stored(10, 1).close();
        Path other = Path.of("/other");
        disk.createDirectories(other);
        Path link = other.resolve("b");

        assertThat(disk.tryLink(FILE, link)).isTrue();
        assertThat(disk.crash(7, 0).exists(link)).isFalse();
        disk.syncDirectory(other);
        disk.delete(FILE);
        disk.syncDirectory(DIRECTORY);

        CrashingDisk found = disk.crash(7, 0);
        assertThat(found.exists(FILE)).isFalse();
        assertThat(content(found, link)).isEqualTo(filledArray(10, 1));
        assertThatThrownBy(() -> disk.tryLink(FILE, other.resolve("c")))
                .isInstanceOf(FileFailure.class);
        assertThatThrownBy(() -> disk.tryLink(link, link)).isInstanceOf(FileFailure.class);
        assertThat(new LinklessDisk(disk).tryLink(link, DIRECTORY.resolve("d"))).isFalse();
        assertThat(disk.exists(FILE)).isFalse();
    }

    @Test
    void changesOfAFileWithTwoNamesArePendingOnce() {
        DiskFile file = stored(BLOCK, 1);
        disk.tryLink(FILE, DIRECTORY.resolve("b"));
        disk.syncDirectory(DIRECTORY);
        file.write(0, filled(BLOCK, 2));

        assertThat(disk.pending()).hasSize(1);
        CrashingDisk found = disk.crash(7, 100);
        assertThat(content(found, FILE)).isEqualTo(content(found, DIRECTORY.resolve("b")));
    }

    @Test
    void unsyncedBlocksSurviveEachByItselfInAnyOrder() {
        DiskFile file = stored(4 * BLOCK, 1);
        file.write(0, filled(4 * BLOCK, 2));

        Set<String> patterns = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            byte[] found = content(disk.crash(seed, 50), FILE);
            StringBuilder pattern = new StringBuilder();
            for (int block = 0; block < 4; block++) {
                byte[] part = Arrays.copyOfRange(found, block * BLOCK, (block + 1) * BLOCK);
                pattern.append(
                        Arrays.equals(part, filledArray(BLOCK, 1))
                                ? 'o'
                                : Arrays.equals(part, filledArray(BLOCK, 2)) ? 'n' : 't');
            }
            patterns.add(pattern.toString());
        }
        assertThat(patterns).contains("oooo", "nnnn", "onnn", "nnno", "noon", "tnnn");
    }

    @Test
    void tornBlockMixesSectorsAndDamagesOnlyWhatWasWritten() {
        DiskFile file = stored(BLOCK, 1);
        file.write(1000, filled(2000, 2));

        Set<Integer> garbled = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            byte[] found = content(disk.crash(seed, 30), FILE);
            for (int i = 0; i < BLOCK; i++) {
                if (i < 1000 || i >= 3000) {
                    assertThat(found[i]).isEqualTo((byte) 1);
                } else if (found[i] != 1 && found[i] != 2) {
                    garbled.add(i / FileImage.SECTOR_BYTES);
                }
            }
        }
        assertThat(garbled).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }

    @Test
    void lostBlockBelowASurvivingOneReadsAsZeros() {
        DiskFile file = stored(0, 0);
        file.write(0, filled(2 * BLOCK, 3));
        long second = disk.pending().get(1).order();

        byte[] found = content(disk.crash(Survival.exactly(Set.of(second), Set.of())), FILE);

        assertThat(Arrays.copyOf(found, BLOCK)).isEqualTo(new byte[BLOCK]);
        assertThat(Arrays.copyOfRange(found, BLOCK, 2 * BLOCK)).isEqualTo(filledArray(BLOCK, 3));
    }

    @Test
    void unsyncedTruncationComesBackWithItsOldContent() {
        DiskFile file = stored(3 * BLOCK, 1);
        file.truncate(BLOCK + 10);

        assertThat(content(disk, FILE)).hasSize(BLOCK + 10);
        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(filledArray(3 * BLOCK, 1));
        assertThat(content(disk.crash(7, 100), FILE)).isEqualTo(filledArray(BLOCK + 10, 1));
        file.sync();
        file.write(2L * BLOCK, filled(1, 9));
        byte[] regrown = content(disk, FILE);
        assertThat(regrown[BLOCK + 9]).isEqualTo((byte) 1);
        assertThat(regrown[BLOCK + 10]).isZero();
    }

    @Test
    void preallocatedLengthIsPendingUntilSynced() {
        DiskFile file = stored(0, 0);
        file.preallocate(100L * BLOCK);

        assertThat(disk.pending()).hasSize(1);
        assertThat(content(disk.crash(7, 0), FILE)).isEmpty();
        file.sync();
        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(new byte[100 * BLOCK]);
    }

    @Test
    void crashLeavesTheRunningDiskAsItWas() {
        DiskFile file = stored(BLOCK, 1);
        file.write(0, filled(BLOCK, 2));

        CrashingDisk found = disk.crash(7, 100);
        try (DiskFile other = found.open(FILE)) {
            other.write(0, filled(BLOCK, 3));
        }

        assertThat(content(disk, FILE)).isEqualTo(filledArray(BLOCK, 2));
        assertThat(content(found.crash(7, 0), FILE)).isEqualTo(filledArray(BLOCK, 2));
        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(filledArray(BLOCK, 1));
    }

    @Test
    void everyCallFailsOncePowerIsLost() {
        DiskFile file = stored(10, 1);
        disk.losePowerAt(2);
        file.write(10, filled(10, 2));

        assertThatThrownBy(file::sync).isInstanceOf(FileFailure.class);
        assertThat(disk.isPowerLost()).isTrue();
        assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1)))
                .isInstanceOf(FileFailure.class);
        assertThatThrownBy(() -> disk.list(DIRECTORY)).isInstanceOf(FileFailure.class);
        assertThat(content(disk.crash(7, 0), FILE)).hasSize(10);
        file.close();
        assertThat(disk.openFiles()).isEmpty();
    }

    @Test
    void sameSeedGivesTheSameDiskAndOtherSeedsOthers() {
        DiskFile file = stored(40 * BLOCK, 1);
        file.write(0, filled(40 * BLOCK, 2));

        assertThat(disk.crash(5, 50).fingerprint()).isEqualTo(disk.crash(5, 50).fingerprint());
        assertThat(disk.crash(5, 50).fingerprint()).isNotEqualTo(disk.crash(6, 50).fingerprint());
    }

    @Test
    void writeBackCanStoreAVersionThatWasOverwrittenLater() {
        disk.writeBack(100);
        DiskFile file = stored(BLOCK, 1);
        file.write(0, filled(BLOCK, 2));
        disk.writeBack(0);
        file.write(0, filled(BLOCK, 3));

        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(filledArray(BLOCK, 2));
    }

    @Test
    void failedSyncKeepsNewPagesInMemoryAndNeverStoresThem() {
        DiskFile file = stored(BLOCK, 1);
        disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.PAGES_KEPT, 100));
        file.write(0, filled(BLOCK, 2));

        assertThatThrownBy(file::sync).isInstanceOf(FileFailure.class);
        file.sync();

        assertThat(content(disk, FILE)).isEqualTo(filledArray(BLOCK, 2));
        assertThat(content(disk.crash(7, 100), FILE)).isEqualTo(filledArray(BLOCK, 1));
    }

    @Test
    void failedSyncCanRevertPages() {
        DiskFile file = stored(BLOCK, 1);
        disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.PAGES_REVERTED, 100));
        file.write(0, filled(BLOCK, 2));

        assertThatThrownBy(file::sync).isInstanceOf(FileFailure.class);

        assertThat(content(disk, FILE)).isEqualTo(filledArray(BLOCK, 1));
    }

    @Test
    void lateReportFailsTheNextSyncOfTheFile() {
        DiskFile file = stored(BLOCK, 1);
        disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.REPORTED_LATE, 100));
        file.write(0, filled(BLOCK, 2));
        file.sync();

        assertThat(disk.hasSyncFailed()).isFalse();
        assertThat(content(disk.crash(7, 0), FILE)).isEqualTo(filledArray(BLOCK, 2));
        assertThatThrownBy(file::sync).isInstanceOf(FileFailure.class);
        assertThat(disk.hasSyncFailed()).isTrue();
    }

    @Test
    void failedDirectorySyncNeverStoresItsNames() {
        DiskFile file = created(FILE);
        file.sync();
        disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.PAGES_KEPT, 100));

        assertThatThrownBy(() -> disk.syncDirectory(DIRECTORY)).isInstanceOf(FileFailure.class);
        disk.syncDirectory(DIRECTORY);

        assertThat(disk.exists(FILE)).isTrue();
        assertThat(disk.crash(7, 100).exists(FILE)).isFalse();
    }

    @Test
    void directoryIsClaimedOnceAndFreeAfterACrash() {
        disk.createDirectories(DIRECTORY);
        DirectoryLock lock = disk.lock(DIRECTORY, "first");

        assertThatThrownBy(() -> disk.lock(DIRECTORY, "second")).hasMessageContaining("first");
        disk.crash(7, 100).lock(DIRECTORY, "second").close();
        lock.close();
        disk.lock(DIRECTORY, "third").close();
        assertThat(disk.lockedDirectories()).isEmpty();
    }

    @Test
    void directoriesCanBeListedRenamedAndDeleted() {
        Path draft = DIRECTORY.resolve("copy.tmp");
        Path copy = DIRECTORY.resolve("copy");
        disk.createDirectories(draft);
        disk.create(draft.resolve("b")).close();
        disk.create(draft.resolve("a")).close();
        disk.rename(draft, copy);

        assertThat(disk.list(copy)).containsExactly(copy.resolve("a"), copy.resolve("b"));
        assertThatThrownBy(() -> disk.delete(copy)).isInstanceOf(FileFailure.class);
        disk.delete(copy.resolve("a"));
        disk.delete(copy.resolve("b"));
        disk.delete(copy);
        assertThat(disk.list(DIRECTORY)).isEmpty();
        assertThat(disk.crash(7, 0).exists(draft)).isTrue();
    }

    @Test
    void deathOfAProcessKeepsWhatItWroteAndFreesWhatItHeld() {
        stored(10, 1).close();
        MortalDisk process = new MortalDisk(disk);
        DiskFile file = process.open(FILE);
        process.lock(DIRECTORY, "first");
        process.killAt(2);
        file.write(10, filled(10, 2));

        assertThatThrownBy(() -> file.write(20, filled(10, 3))).isInstanceOf(FileFailure.class);
        assertThatThrownBy(() -> process.list(DIRECTORY)).isInstanceOf(FileFailure.class);
        file.close();

        assertThat(process.isDead()).isTrue();
        assertThat(disk.openFiles()).isEmpty();
        disk.lock(DIRECTORY, "second").close();
        assertThat(content(disk, FILE)).hasSize(20);
        assertThat(content(disk.crash(7, 0), FILE)).hasSize(10);
    }
}
