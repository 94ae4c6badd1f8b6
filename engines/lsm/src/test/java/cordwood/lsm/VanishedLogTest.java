package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.wal.LogMilestones;
import cordwood.lsm.wal.LogRecord;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * The log of a killed process of which a part is gone, with every proof in it that it was there:
 * what is on record of the log tells all the same.
 */
final class VanishedLogTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final int SEGMENTS = 5;
    private static final String SMALL = "64KiB";
    private static final String LARGE = "32MiB";

    @Test
    void aFileShorterThanItWasPreparedIsDamageWhateverIsInIt() {
        CrashingDisk killed =
                killed(VanishedLogTest::writeSegments, SMALL, log -> begun(log).size() == SEGMENTS);
        for (RecordedSegment segment : log(killed).segments()) {
            for (long length : List.of(0L, segment.sizeBytes() / 2, segment.sizeBytes() - 1)) {
                requireRefused(
                        killed, segment, (disk, file) -> Damage.truncate(disk, file, length));
            }
        }
    }

    @Test
    void segmentsSyncedBeforeTheLastAreMissedWhenTheyAreAllZeros() {
        CrashingDisk killed =
                killed(VanishedLogTest::writeSegments, SMALL, log -> begun(log).size() == SEGMENTS);
        List<RecordedSegment> begun = begun(log(killed));
        assertThat(begun).hasSize(SEGMENTS);
        for (RecordedSegment segment : begun.subList(0, begun.size() - 1)) {
            requireRefused(killed, segment, VanishedLogTest::zero);
        }
    }

    @Test
    void theLastSegmentIsMissedWhereverItIsZeroedBelowWhatIsOnRecord() {
        CrashingDisk killed = killed(VanishedLogTest::writeMuch, LARGE, VanishedLogTest::hasMuch);
        LogRecord log = log(killed);
        RecordedSegment last = begun(log).getLast();
        long syncedBytes = log.syncedPosition() - last.startPosition();
        assertThat(syncedBytes).isGreaterThan(LogMilestones.UNRECORDED_BYTES_MAX);

        for (long from : List.of(0L, 4096L, syncedBytes / 2, syncedBytes - 4096)) {
            requireRefused(killed, last, (disk, file) -> zero(disk, file, from));
        }
    }

    @Test
    void whatMayBeMissingBehindWhatIsOnRecordIsCountedAndSaid() {
        CrashingDisk killed = killed(VanishedLogTest::writeMuch, LARGE, VanishedLogTest::hasMuch);
        LogRecord log = log(killed);
        RecordedSegment last = begun(log).getLast();
        Path file = STORE.resolve(FileNames.segment(last.number()));
        zero(killed, file, log.syncedPosition() - last.startPosition());

        assertThat(verify(killed).log()).contains("up to 16,777,216 synced bytes may be missing");
        try (LsmStore store = open(killed, LARGE)) {
            assertThat(store.recovery().unprovenBytes())
                    .isEqualTo(LogMilestones.UNRECORDED_BYTES_MAX);
            assertThat(store.recovery().isDoubtful()).isTrue();
        }
        assertThat(verify(killed).log()).doesNotContain("may be missing");
        try (LsmStore store = open(killed, LARGE)) {
            assertThat(store.recovery().isDoubtful()).isFalse();
        }
    }

    @Test
    void aSegmentBegunAndNeverSyncedMayVanish() {
        CrashingDisk killed =
                killed(
                        store -> {
                            append(store, 1, 100, Durability.DURABLE);
                            append(store, 2, 300_000, Durability.WRITTEN);
                        },
                        SMALL,
                        log -> begun(log).size() == 2);
        List<RecordedSegment> begun = begun(log(killed));
        assertThat(begun).hasSize(2);
        zero(killed, STORE.resolve(FileNames.segment(begun.getLast().number())));

        assertThat(verify(killed).isSound()).isTrue();
        try (LsmStore store = open(killed, LARGE)) {
            assertThat(store.bounds(SampleStore.SPACE, 1).last()).isEqualTo(1);
        }
    }

    private interface Writing {
        void to(LsmStore store);
    }

    /** The disk of a store whose process is gone, once enough of its log is on record. */
    private static CrashingDisk killed(
            Writing writing, String segmentSize, Predicate<LogRecord> recorded) {
        CrashingDisk disk = new CrashingDisk(1);
        try (LsmStore store = open(disk, segmentSize)) {
            writing.to(store);
            Poll.until("the log on record", () -> recorded.test(log(disk.crash(1, 100))));
            return disk.crash(1, 100);
        }
    }

    private static LsmStore open(Disk disk, String segmentSize) {
        StoreOptions options =
                Fixtures.options(
                        STORE,
                        StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                        "wal-segment-size",
                        segmentSize);
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    private static void writeSegments(LsmStore store) {
        for (int i = 0; i < SEGMENTS; i++) {
            append(store, i, 40_000, Durability.DURABLE);
        }
    }

    private static void writeMuch(LsmStore store) {
        for (int i = 0; i < 20; i++) {
            append(store, i, 1 << 20, Durability.DURABLE);
        }
    }

    private static boolean hasMuch(LogRecord log) {
        return log.syncedPosition() > LogMilestones.UNRECORDED_BYTES_MAX;
    }

    private static void append(LsmStore store, long position, int bytes, Durability durability) {
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SampleStore.SPACE, 1, position, Bytes.random(position, bytes));
            store.append(batch, durability).await();
        }
    }

    private static LogRecord log(Disk disk) {
        return Fixtures.onRecord(disk, STORE, ManifestState::log);
    }

    private static List<RecordedSegment> begun(LogRecord log) {
        return log.segments().stream()
                .filter(RecordedSegment::isBegun)
                .sorted(Comparator.comparingLong(RecordedSegment::startPosition))
                .toList();
    }

    private static void requireRefused(
            CrashingDisk killed, RecordedSegment segment, BiConsumer<Disk, Path> damage) {
        CrashingDisk disk = killed.crash(1, 100);
        Path file = STORE.resolve(FileNames.segment(segment.number()));
        damage.accept(disk, file);

        List<StoreException.Corrupt> findings = new ArrayList<>(verify(disk).findings());
        assertThat(findings).isNotEmpty();
        assertThat(findings.getFirst().file()).isEqualTo(file);
        assertThatThrownBy(() -> open(disk, SMALL).close())
                .isInstanceOfSatisfying(
                        StoreException.Corrupt.class,
                        corrupt -> assertThat(corrupt.file()).isEqualTo(file));
    }

    private static StoreReport verify(Disk disk) {
        return new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, () -> false)
                .verify(STORE, _ -> {});
    }

    private static void zero(Disk disk, Path file) {
        zero(disk, file, 0);
    }

    private static void zero(Disk disk, Path file, long from) {
        int whole = Damage.read(disk, file).length;
        Damage.overwrite(disk, file, from, new byte[(int) (whole - from)]);
    }
}
