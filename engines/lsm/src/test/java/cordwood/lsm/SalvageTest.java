package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.lsm.inspect.Loss;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.SalvageReport;
import cordwood.lsm.inspect.SalvagedPart;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.RecordingDisk;
import cordwood.testkit.disk.WornDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is saved of damaged stores, and what is said to be missing. */
@ExtendWith(SeedExtension.class)
final class SalvageTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final Path TARGET = Path.of("/disk/target").toAbsolutePath();
    private static final Path PARTIAL = Path.of("/disk/target.partial").toAbsolutePath();
    private static final int CASES = Boolean.getBoolean("cordwood.long") ? 2_000 : 40;

    private final CrashingDisk disk = new CrashingDisk(1);
    private final Map<String, String> expected = SampleStore.expected();

    SalvageTest() {
        SampleStore.write(disk, STORE);
    }

    private static SalvageReport salvage(Disk disk) {
        List<SalvagedPart> told = new ArrayList<>();
        SalvageReport report =
                new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                        .salvage(STORE, TARGET, told::add);
        assertThat(told).isEqualTo(report.parts());
        return report;
    }

    private static Map<String, String> saved(Disk disk) {
        try (LsmStore store = SampleStore.open(disk, TARGET)) {
            return SampleStore.content(store);
        }
    }

    private Map<String, String> missing(Disk from) {
        Map<String, String> missing = new TreeMap<>(expected);
        missing.keySet().removeAll(saved(from).keySet());
        return missing;
    }

    @Test
    void ofASoundStoreEverythingIsSavedAndTheSourceStaysAsItWas() {
        var before = Damage.image(disk, STORE);

        SalvageReport report = salvage(disk);

        assertThat(report.losses()).isEmpty();
        assertThat(report.isWhole()).isTrue();
        SampleStore.assertWhole(disk.crash(1, 0), TARGET);
        assertThat(disk.exists(PARTIAL)).isFalse();
        assertThat(Damage.image(disk, STORE)).isEqualTo(before);
        SampleStore.assertWhole(disk, STORE);
    }

    @Test
    void aDamagedBlockCostsWhatIsInItAndIsToldBetweenItsNeighbours() {
        Path table = Damage.files(disk, STORE, ".table").getFirst();
        Damage.flip(disk, table, 8 * 200);
        Path segment = begunSegments().getFirst(); // which has it, too
        frames(segment).forEach(frame -> Damage.flip(disk, segment, 8L * (frame + 60)));

        SalvageReport report = salvage(disk);

        assertThat(report.isWhole()).isFalse();
        SalvagedPart part = part(report, table);
        assertThat(part.missingRecords()).isBetween(1L, 200L);
        assertThat(part.savedRecords()).isPositive();
        assertThat(part.losses())
                .singleElement()
                .satisfies(loss -> {
                    assertThat(loss.fromOffset()).isEqualTo(64);
                    assertThat(loss.toOffset()).isBetween(200L, 3_000L);
                    assertThat(loss.what())
                            .startsWith("what was between the start and space 3 stream ");
                });
        assertThat(missing(disk)).isNotEmpty();
    }

    @Test
    void whatTheLogStillHasOfADamagedOrMissingTableIsSavedAndSaidToBe() {
        for (Path table : Damage.files(disk, STORE, ".table")) {
            for (boolean isMissing : List.of(true, false)) {
                CrashingDisk damaged = disk.crash(1, 100);
                if (isMissing) {
                    damaged.delete(table);
                } else {
                    Damage.flip(damaged, table, 8 * 106); // its first block
                }
                SalvageReport report = salvage(damaged);

                assertThat(missing(damaged)).isEmpty();
                assertThat(report.losses())
                        .isNotEmpty()
                        .allSatisfy(loss -> {
                            assertThat(loss.file()).isEqualTo(table);
                            assertThat(loss.what()).contains(", but for what the log still had");
                        });
            }
        }
    }

    @Test
    void whatTheLogHasOfADamagedTableDoesNotHideWhatALaterTableHolds() {
        CrashingDisk fresh = new CrashingDisk(2);
        try (LsmStore store = SampleStore.open(fresh, STORE)) {
            for (String value : List.of("old", "new")) {
                try (WriteBatch batch = store.newBatch()) {
                    batch.put(SampleStore.SPACE, 1, 1, Bytes.of(value));
                    batch.put(SampleStore.SPACE, 1, value.equals("old") ? 2 : 3, Bytes.of(value));
                    store.append(batch, Durability.DURABLE).await();
                }
                store.flush();
            }
        }
        fresh.delete(Damage.files(fresh, STORE, ".table").getFirst());
        Path segment =
                Damage.files(fresh, STORE, ".wal").stream()
                        .filter(file -> !frames(fresh, file).isEmpty())
                        .findFirst()
                        .orElseThrow();
        Damage.flip(fresh, segment, 8L * (frames(fresh, segment).get(1) + 60));

        salvage(fresh);

        assertThat(saved(fresh))
                .isEqualTo(Map.of("1/1", "6e6577", "1/2", "6f6c64", "1/3", "6e6577"));
    }

    private static SalvagedPart part(SalvageReport report, Path file) {
        return report.parts().stream()
                .filter(part -> part.name().equals(file.getFileName().toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDamagedDirectoryOrFooterCostsNothing() {
        for (Path table : Damage.files(disk, STORE, ".table")) {
            for (int fromEnd : List.of(1, 70)) { // the footer, and the root before it
                CrashingDisk damaged = disk.crash(1, 100);
                int end = Damage.read(damaged, table).length;
                Damage.flip(damaged, table, 8L * (end - fromEnd));

                SalvageReport report = salvage(damaged);

                assertThat(missing(damaged)).isEmpty();
                assertThat(part(report, table).isWhole()).isEqualTo(fromEnd == 70);
            }
        }
    }

    @Test
    void aMissingTableIsTold() {
        Path table = Damage.files(disk, STORE, ".table").getFirst();
        disk.delete(table);
        Path segment = begunSegments().getFirst(); // which has what was in it, too
        frames(segment).forEach(frame -> Damage.flip(disk, segment, 8L * (frame + 60)));

        SalvageReport report = salvage(disk);

        assertThat(report.losses()).extracting(Loss::file).contains(table);
        assertThat(report.savedRecords()).isPositive();
        assertThat(missing(disk)).isNotEmpty();
    }

    @Test
    void withoutItsManifestEverythingIsSavedAllTheSame() {
        for (boolean isMissing : List.of(true, false)) {
            CrashingDisk damaged = disk.crash(1, 100);
            Path manifest = Damage.manifest(STORE);
            if (isMissing) {
                damaged.delete(manifest);
            } else {
                Damage.flip(damaged, manifest, 8 * 4_100);
            }
            SalvageReport report = salvage(damaged);

            assertThat(report.losses()).extracting(Loss::file).containsExactly(manifest);
            assertThat(saved(damaged)).isEqualTo(expected);
        }
    }

    @Test
    void aTableWithoutManifestAndFooterMayHaveLostItsEnd() {
        disk.delete(Damage.manifest(STORE));
        Path table = Damage.files(disk, STORE, ".table").getFirst();
        Damage.truncate(disk, table, 64);

        SalvagedPart part = part(salvage(disk), table);

        assertThat(part.missingRecords()).isEqualTo(SalvagedPart.UNKNOWN);
        assertThat(part.losses())
                .singleElement()
                .satisfies(loss -> assertThat(loss.what()).contains("no footer"));
    }

    private List<Integer> frames(Path segment) {
        return frames(disk, segment);
    }

    private static List<Integer> frames(Disk disk, Path segment) {
        return new LogBytes(ByteBuffer.wrap(Damage.read(disk, segment)), 0).frames();
    }

    private List<Path> begunSegments() {
        return Damage.files(disk, STORE, ".wal").stream()
                .filter(segment -> !frames(segment).isEmpty())
                .toList();
    }

    @Test
    void aDamagedBatchOfTheLogCostsItselfAndIsNamed() {
        Path segment = begunSegments().get(1); // which is in no table yet
        Damage.flip(disk, segment, 8L * (frames(segment).get(1) + 60)); // records of one stream

        SalvageReport report = salvage(disk);

        assertThat(report.losses())
                .extracting(Loss::what)
                .anyMatch(what -> what.matches("batches (\\d+) to \\1"));
        assertThat(missing(disk)).hasSizeBetween(30, 31);
    }

    @Test
    void whatTheDiskCannotReadCostsNoMoreThanThat() {
        List<Path> files = new ArrayList<>(Damage.files(disk, STORE, ".table"));
        files.addAll(Damage.files(disk, STORE, ".wal"));
        for (Path file : files) {
            for (long pageAt : List.of(0L, 2L * Disk.BLOCK_BYTES)) {
                CrashingDisk damaged = disk.crash(1, 100);
                SalvageReport report = salvage(new WornDisk(damaged, file, pageAt));

                Map<String, String> found = saved(damaged);
                String where = "%s at %d".formatted(file, pageAt);
                if (!found.equals(expected)) {
                    assertThat(report.isWhole()).as(where).isFalse();
                }
                assertThat(found.size()).as(where).isGreaterThan(expected.size() / 2);
            }
        }
    }

    @Test
    void aDamagedBatchThatIsInATableTooCostsNothing() {
        Path segment = begunSegments().getFirst();
        Damage.flip(disk, segment, 8L * (frames(segment).get(2) + 60));

        SalvageReport report = salvage(disk);

        assertThat(report.losses())
                .singleElement()
                .satisfies(loss -> assertThat(loss.what()).startsWith("maybe batches at the end "));
        assertThat(saved(disk)).isEqualTo(expected);
    }

    @Test
    void aMissingSegmentCostsItsBatches() {
        Path segment = begunSegments().get(1);
        disk.delete(segment);

        SalvageReport report = salvage(disk);

        assertThat(report.isWhole()).isFalse();
        assertThat(report.losses()).extracting(Loss::file).contains(segment);
        assertThat(saved(disk)).isNotEmpty();
    }

    /** Nothing that was never written is saved, and nothing is missing that is not told. */
    @Test
    void ofRandomDamageAllThatIsMissingIsTold(Seed seed) {
        SplittableRandom random = seed.random();
        List<Path> files =
                disk.list(STORE).stream().filter(file -> !file.endsWith("LOCK")).toList();
        for (int i = 0; i < CASES; i++) {
            CrashingDisk damaged = disk.crash(1, 100);
            Path file = files.get(random.nextInt(files.size()));
            byte[] bytes = Damage.read(damaged, file);
            int end = bytes.length;
            while (end > 1 && bytes[end - 1] == 0) {
                end--;
            }
            String name;
            if (random.nextBoolean()) {
                int from = random.nextInt(end);
                Damage.truncate(damaged, file, from);
                name = file.getFileName() + " cut to " + from;
            } else {
                long bit = random.nextLong(8L * end);
                Damage.flip(damaged, file, bit);
                name = file.getFileName() + " bit " + bit;
            }
            SalvageReport report = salvage(damaged);

            Map<String, String> found = saved(damaged);
            if (report.isWhole()) {
                assertThat(found).as(name).isEqualTo(expected);
            }
            expected.forEach((key, value) -> {
                if (found.containsKey(key) && !key.endsWith("/trimmed")) {
                    assertThat(found.get(key)).as(name + ": " + key).isEqualTo(value);
                }
            });
        }
    }

    @Test
    void whatExistsIsNotOverwritten() {
        disk.createDirectories(PARTIAL);
        for (Path target : List.of(STORE, STORE.resolve("inside"), TARGET)) {
            assertThatThrownBy(() ->
                            new LsmInspection(
                                            disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                                    .salvage(STORE, target, _ -> {}))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(target.toString());
        }
        assertThat(disk.list(PARTIAL)).isEmpty();
        SampleStore.assertWhole(disk, STORE);
    }

    @Test
    void whatHasNoRoomSaysWhereAndLeavesNothing() {
        Fault fault = new Fault(Fault.Kind.NO_SPACE, 12, true, call -> isPartial(call.path()));

        assertThatThrownBy(() -> salvage(new FailingDisk(disk, fault)))
                .isInstanceOf(StoreException.Full.class)
                .hasMessageContaining("the disk of " + TARGET + " is full: ")
                .hasMessageEndingWith("; make room on it, or choose a target on another disk")
                .hasMessageNotContaining("trim streams");
        assertThat(disk.exists(TARGET)).isFalse();
        assertThat(disk.exists(PARTIAL)).isFalse();
    }

    private static boolean isPartial(Path path) {
        return path.startsWith(PARTIAL);
    }

    @Test
    void whatIsStoppedLeavesNothing() {
        AtomicBoolean stopping = new AtomicBoolean();
        SalvageReport report =
                new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, stopping::get)
                        .salvage(STORE, TARGET, _ -> stopping.set(true));

        assertThat(report.complete()).isFalse();
        assertThat(disk.exists(TARGET)).isFalse();
        assertThat(disk.exists(PARTIAL)).isFalse();
        assertThat(disk.openFiles()).isEmpty();
        assertThat(disk.lockedDirectories()).isEmpty();
    }

    @Test
    void whatWasKilledNeverPassesForAllThatCouldBeSaved() {
        List<CrashingDisk> found = new ArrayList<>();
        RecordingDisk recording =
                new RecordingDisk(disk, entry -> found.add(disk.crash(found.size(), 50)));
        salvage(recording);

        int whole = 0;
        for (int i = 0; i < found.size(); i += i < found.size() - 5 ? 10 : 1) {
            CrashingDisk after = found.get(i);
            if (after.exists(TARGET)) {
                whole++;
                SampleStore.assertWhole(after, TARGET);
            }
        }
        assertThat(whole).isPositive();
    }
}
