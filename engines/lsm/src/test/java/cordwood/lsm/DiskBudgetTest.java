package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A store whose files reach their budget refuses puts and nothing else, goes on once there is room,
 * and never takes more.
 */
@ExtendWith(SeedExtension.class)
final class DiskBudgetTest {

    private static final int LIVES = FaultOpener.LONG ? 200 : 2;
    private static final int MIB = 1 << 20;
    private static final String REACHED = "the disk budget of";
    private static final List<String> SIZES = List.of("64KiB", "128KiB", "256KiB");
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    private final CrashingDisk under = new CrashingDisk(1);
    private final MeteredDisk disk = new MeteredDisk(under);

    private LsmStore open(int budgetMib, String size) {
        return open(disk, budgetMib, size);
    }

    private static LsmStore open(Disk on, int budgetMib, String size) {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "disk-budget",
                        budgetMib + "MiB",
                        "memtable-size",
                        size,
                        "wal-segment-size",
                        size);
        return LsmStore.open(options, LsmEnvironment.on(on).with(Fixtures::smallChunks));
    }

    private void requireWithin(int budgetMib) {
        assertThat(disk.takeMostBytes()).isLessThanOrEqualTo((long) budgetMib * MIB);
    }

    /** Merges take the eighth that is left to them, and give it back. */
    private void requireRoomForMerges(int budgetMib) {
        requireWithin(budgetMib);
        Poll.until("an eighth is left", () -> disk.heldBytes() <= (long) budgetMib * MIB * 7 / 8);
    }

    private void live(SplittableRandom random) {
        int mib = random.nextInt(8, FaultOpener.LONG ? 16 : 10);
        String size = SIZES.get(random.nextInt(SIZES.size()));
        OneStream stream = new OneStream(random);
        try (LsmStore store = open(mib, size)) {
            stream.fill(store, REACHED);
            assertThat(disk.heldBytes()).isGreaterThan((long) mib * MIB / 2);
            stream.requireAll(store);
            stream.trim(store);
            stream.resumedMillis(store);
            stream.fill(store, REACHED);
            stream.requireAll(store);
        }
        requireRoomForMerges(mib);
        try (LsmStore store = open(mib, size)) {
            stream.requireAll(store);
            stream.fill(store, REACHED);
            requireRoomForMerges(mib);
        }
        try (LsmStore store = open(2 * mib, size)) {
            stream.resumedMillis(store);
            stream.fill(store, REACHED);
        }
        requireRoomForMerges(2 * mib);
        requireServiceWhereItIsExceeded(mib, size, stream);
    }

    private void requireServiceWhereItIsExceeded(int mib, String size, OneStream stream) {
        for (int i = 0; i < 2; i++) {
            try (LsmStore store = open(mib, size)) {
                assertThat(disk.heldBytes()).isGreaterThan((long) mib * MIB);
                assertThatThrownBy(() -> stream.put(store))
                        .isInstanceOf(StoreException.Full.class)
                        .hasMessageContaining(REACHED)
                        .hasMessageContaining("trim streams, or open the store with a larger");
                stream.requireAll(store);
                stream.trim(store, stream.next() - stream.count() + 10);
                stream.requireAll(store);
            }
        }
        requireWithin(2 * mib);
        try (LsmStore store = open(mib, size)) {
            stream.trim(store);
            stream.resumedMillis(store);
            stream.requireAll(store);
            disk.takeMostBytes();
            stream.fill(store, REACHED);
            stream.requireAll(store);
        }
        requireRoomForMerges(mib);
    }

    @Test
    @Tag("trial")
    void putsAreRefusedAndReadsAndTrimsGoOnAndNoByteIsTakenBeyond(Seed seed) {
        for (int i = 0; i < LIVES; i++) {
            Seed life = seed.child(i);
            try {
                new DiskBudgetTest().live(life.random());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(life.toString(), e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"6, the disk is full", "64, the disk budget of 16 MiB is reached"})
    void theRefusalSaysWhichOfTheTwoItIs(int diskMib, String reason) {
        under.createDirectories(DIRECTORY.getParent());
        OneStream stream = new OneStream(new SplittableRandom(diskMib));
        SmallDisk small = new SmallDisk(under, (long) diskMib * MIB);
        try (LsmStore store = open(small, 16, "256KiB")) {
            stream.fill(store, reason);
            stream.trim(store);
            stream.resumedMillis(store);
            stream.requireAll(store);
        }
    }

    /** Records of ten streams, written in turn; every second stream is trimmed as a whole. */
    @Test
    void aFullStoreCompactsWhatWasTrimmedBetweenOtherRecords() {
        SeededSteps steps = new SeededSteps(new Seed(1));
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN, "disk-budget", "8MiB");
        LsmEnvironment environment = Fixtures.stepped(disk, steps);
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await)) {
            long last = fill(store);
            for (long stream = 0; stream < 10; stream += 2) {
                store.trim(stream, last);
            }
            ((LocalStore) store.store()).compact();
            long resumed = fill(store, last + 1);
            assertThat(resumed - last).isGreaterThan(last / 4);
            assertThat(store.positions(1)).hasSize(Math.toIntExact(resumed));
            assertThat(store.positions(2)).hasSize(Math.toIntExact(resumed - last));
        }
        requireWithin(8);
    }

    private static long fill(StoreUnderTest store) {
        return fill(store, 1);
    }

    /** Puts rows of records, and flushes now and then, until that is refused; the last row. */
    private static long fill(StoreUnderTest store, long from) {
        for (long row = from; ; row++) {
            long position = row;
            try {
                store.write(
                        Durability.DURABLE,
                        batch -> {
                            for (long stream = 0; stream < 10; stream++) {
                                batch.put(
                                        StoreUnderTest.SPACE,
                                        stream,
                                        position,
                                        Bytes.random(position, 1_000));
                            }
                        });
            } catch (StoreException.Full e) {
                assertThat(e).hasMessageContaining(REACHED);
                return row - 1;
            }
        }
    }

    @Test
    void figuresTellWhatFilesTake() {
        SeededSteps steps = new SeededSteps(new Seed(1));
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN, "disk-budget", "8MiB");
        LsmEnvironment environment = Fixtures.stepped(disk, steps);
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await)) {
            store.putEach(1, 1, 2, 3);
            ((LocalStore) store.store()).flush();
            assertThat(store.store().metrics().value(Metric.DISK_BYTES))
                    .isEqualTo(disk.heldBytes());
            assertThat(store.store().metrics().value(Metric.DISK_BUDGET_BYTES)).isEqualTo(8 * MIB);
            assertThat(store.store().metrics().value(Metric.OPEN_FILES)).isPositive();
            assertThat(store.store().metrics().value(Metric.OLDEST_PIN_NANOS)).isZero();

            store.reopen();
            assertThat(store.store().metrics().value(Metric.DISK_BYTES))
                    .isEqualTo(disk.heldBytes());
        }
    }

    private static LsmSettings settings(String... keysAndValues) {
        return LsmSettings.of(
                Fixtures.options(
                        DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, keysAndValues));
    }

    @Test
    void whatIsDerivedFitsTheBudget() {
        for (String budget : List.of("8MiB", "10MB", "64MiB", "1GiB", "1TiB")) {
            LsmSettings settings = settings("disk-budget", budget);
            long pieces = 8 * (settings.memtableBytes() + settings.segmentBytes());
            assertThat(pieces).as(budget).isLessThan(settings.diskBudgetBytes());
            assertThat(settings.memtables() * settings.memtableBytes())
                    .as(budget)
                    .isLessThanOrEqualTo(settings.diskBudgetBytes() / 16);
            assertThat(settings.walBytesMax())
                    .as(budget)
                    .isLessThanOrEqualTo(settings.diskBudgetBytes() / 8);
        }
        assertThat(settings().explain(Map.of()))
                .contains(
                        new Setting(
                                "disk-budget",
                                "none",
                                "default: files may take what the disk has"));
    }

    @Test
    void aBudgetThatLeavesNothingForTablesIsRefusedAndSaysWhatItTakes() {
        assertThatThrownBy(() -> settings("disk-budget", "7MiB"))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage("option 'disk-budget' is at least 8 MiB, not '7MiB'");
        assertThatThrownBy(() -> settings("disk-budget", "100MiB", "wal-segment-size", "16MiB"))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage(
                        "option 'disk-budget' is 100 MiB: with memtables of 768 KiB and log segments"
                                + " of 16 MiB it takes 138 MiB");
    }
}
