package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes by itself is a refusal, and background work tries again. */
final class ShortageTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int TABLES = 20;
    private static final int STREAMS = 20;
    private static final int CURSORS_MAX = 100_000;
    private static final int SMALL_DISK_BYTES = 16 << 20;
    private static final int REFUSALS_MAX = 100;

    private final SeededSteps steps = new SeededSteps(new Seed(1));
    private final CrashingDisk disk = new CrashingDisk(1);

    private StoreUnderTest on(Disk used) {
        return on(used, StoreOptions.MEMORY_BUDGET_BYTES_MIN);
    }

    private StoreUnderTest on(Disk used, long budgetBytes) {
        LsmEnvironment environment = Fixtures.stepped(used, steps);
        StoreOptions options =
                Fixtures.options(DIRECTORY, budgetBytes, "wal-segment-size", "256KiB");
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    private static void flush(StoreUnderTest store) {
        ((LocalStore) store.store()).flush();
    }

    private List<Path> strayFiles() {
        return new FaultOpener().strayFiles(disk, DIRECTORY);
    }

    /** One record in each of so many streams. */
    private static void putRow(StoreUnderTest store, long position) {
        store.write(batch -> {
            for (int stream = 0; stream < STREAMS; stream++) {
                batch.put(StoreUnderTest.SPACE, stream, position, Bytes.random(position, 100));
            }
        });
    }

    /**
     * What was short is asked for again in the background: a few puts may be refused until then.
     */
    private static void putRowOnceAccepted(StoreUnderTest store, long position) {
        for (int refusals = 0; ; refusals++) {
            try {
                putRow(store, position);
                return;
            } catch (StoreException.Full | StoreException.Busy e) {
                if (refusals == REFUSALS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static List<Cursor> openUntilRefused(StoreUnderTest store) {
        List<Cursor> cursors = new ArrayList<>();
        try {
            while (cursors.size() < CURSORS_MAX) {
                int stream = cursors.size() % STREAMS;
                Cursor cursor =
                        store.store()
                                .read(
                                        StoreUnderTest.SPACE,
                                        stream,
                                        0,
                                        Long.MAX_VALUE,
                                        Order.FORWARD);
                cursors.add(cursor);
                cursor.next();
            }
        } catch (StoreException.Busy _) {
            return cursors; // as meant
        }
        throw new AssertionError("memory has room for everything");
    }

    @Test
    void aFlushFindsMemoryWhileReadersHoldAllThatTheyCanHave() {
        try (StoreUnderTest store = on(disk)) {
            for (int position = 0; position < TABLES; position++) {
                putRow(store, position);
                flush(store);
            }
            putRow(store, TABLES);
            List<Cursor> cursors = openUntilRefused(store);
            flush(store);
            cursors.forEach(Cursor::close);

            putRow(store, TABLES + 1);
            flush(store);
            assertThat(store.positions(1))
                    .isEqualTo(LongStream.rangeClosed(0, TABLES + 1).boxed().toList());
        }
        assertThat(strayFiles()).isEmpty();
    }

    private static Fault refused(Fault.Kind kind, DiskOperation operation, String nameEnd) {
        return Fault.from(kind, 1)
                .only(call -> call.operation() == operation && call.fileName().endsWith(nameEnd));
    }

    static Stream<Fault> refusedDirectorySyncs() {
        return Stream.of(Fault.Kind.NO_SPACE, Fault.Kind.TOO_MANY_OPEN)
                .map(kind -> refused(kind, DiskOperation.SYNC_DIRECTORY, ""));
    }

    static Stream<Fault> refusalsOfATable() {
        return Stream.concat(
                refusedDirectorySyncs(),
                Stream.of(
                        refused(Fault.Kind.TOO_MANY_OPEN, DiskOperation.OPEN, ".table"),
                        refused(Fault.Kind.TOO_MANY_OPEN, DiskOperation.CREATE, ".table.tmp")));
    }

    @ParameterizedTest
    @MethodSource("refusalsOfATable")
    void aTableThatCannotBeUsedIsDeletedAndWrittenAgain(Fault refused) {
        FailingDisk failing = new FailingDisk(disk, refused);
        failing.disarm();
        try (StoreUnderTest store = on(failing)) {
            putRow(store, 1);
            failing.arm();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> flush(store))
                        .isInstanceOfAny(StoreException.Full.class, StoreException.Busy.class);
                assertThat(tables()).isEmpty();
            }
            putRow(store, 2);
            failing.disarm();

            flush(store);
            assertThat(tables()).isNotEmpty();
            assertThat(store.positions(1)).containsExactly(1L, 2L);
        }
        assertThat(strayFiles()).isEmpty();
    }

    private List<Path> tables() {
        return disk.list(DIRECTORY).stream()
                .filter(path -> path.toString().endsWith(".table"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("refusedDirectorySyncs")
    void noEditIsLostWhereTheFreshManifestIsNotThereForCertain(Fault refused) {
        try (StoreUnderTest store = on(disk)) {
            putRow(store, 1);
        }
        FailingDisk failing = new FailingDisk(disk, refused);
        StoreUnderTest store = on(failing);
        assertThatThrownBy(
                        () -> {
                            putRow(store, 2);
                            flush(store);
                        })
                .isInstanceOfAny(StoreException.Full.class, StoreException.Busy.class);
        failing.disarm();
        store.write(Durability.DURABLE, batch -> batch.trim(StoreUnderTest.SPACE, 0, 1));
        putRowOnceAccepted(store, 3);
        flush(store);
        List<Long> found = store.positions(1);
        assertThat(found).contains(1L, 3L);
        store.close();

        try (StoreUnderTest reopened = on(disk)) {
            assertThat(reopened.positions(1)).isEqualTo(found);
        }
        assertThat(strayFiles()).isEmpty();
    }

    @Test
    void aTrimInOneGroupWithAPutIsWrittenOnAFullDiskAndThePutIsRefused() {
        SmallDisk small = new SmallDisk(disk, SMALL_DISK_BYTES);
        try (StoreUnderTest store = on(small)) {
            long position = putUntilRefused(store, 0);
            Commit put = appendRow(store, position);
            WriteBatch batch = store.newBatch();
            batch.trim(StoreUnderTest.SPACE, 1, position - 2);
            Commit trim = store.store().append(batch, Durability.DURABLE);
            steps.runUntil(() -> put.isDone() && trim.isDone());

            assertThat(put.failure()).isInstanceOf(StoreException.Full.class);
            assertThat(trim.failure()).isNull();
            assertThat(store.positions(1)).containsExactly(position - 1);
        }
        try (StoreUnderTest reopened = on(small)) {
            assertThat(reopened.positions(1)).hasSize(1);
        }
    }

    /** More of them than the segment kept for trims takes, and no flush runs before one must. */
    @Test
    void trimsOnAFullDiskWaitForTheFlushesThatBringTheNextSegment() {
        SmallDisk small = new SmallDisk(disk, SMALL_DISK_BYTES / 2);
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "128KiB",
                        "wal-segment-size",
                        "128KiB");
        LsmEnvironment environment = Fixtures.stepped(small, steps);
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await)) {
            putUntilRefused(store, 0);
            for (int i = 0; i < 100; i++) {
                WriteBatch batch = store.newBatch();
                batch.trim(StoreUnderTest.SPACE, i % STREAMS, i / STREAMS);
                Commit trim = store.store().append(batch, Durability.DURABLE);
                steps.runNamed("-commit");
                steps.runUntil(trim::isDone);
                assertThat(trim.failure()).as("trim " + i).isNull();
            }
        }
    }

    /** Answers the position whose row was refused again and again. */
    private long putUntilRefused(StoreUnderTest store, long first) {
        long position = first;
        int refusals = 0;
        while (refusals < 20) {
            Commit put = appendRow(store, position);
            steps.runUntil(put::isDone);
            refusals = put.failure() == null ? 0 : refusals + 1;
            position += put.failure() == null ? 1 : 0;
            steps.runAll();
        }
        return position;
    }

    private static Commit appendRow(StoreUnderTest store, long position) {
        WriteBatch batch = store.newBatch();
        for (int stream = 0; stream < STREAMS; stream++) {
            batch.put(StoreUnderTest.SPACE, stream, position, Bytes.random(position, 1_000));
        }
        return store.store().append(batch, Durability.DURABLE);
    }

    @Test
    void aLogWithABatchThatIsTooLargeForTheBudgetIsRefusedWithTheBudgetItTakes() {
        int recordBytes = 30 << 20;
        try (StoreUnderTest store = on(disk, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT)) {
            store.write(
                    batch -> batch.put(StoreUnderTest.SPACE, 1, 1, Bytes.random(1, recordBytes)));
        }
        assertThatThrownBy(() -> on(disk).store())
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("a memory budget of 241 MiB");
        try (StoreUnderTest reopened = on(disk, 241L << 20)) {
            assertThat(reopened.positions(1)).containsExactly(1L);
        }
    }

    @Test
    void aLogWithABatchThatTakesMostOfTheBudgetIsRefusedOrEverythingGoesOn() {
        try (StoreUnderTest store = on(disk, 128L << 20)) {
            int records = store.store().limits().batchRecordsMax();
            store.write(batch -> {
                for (int position = 0; position < records; position++) {
                    batch.put(StoreUnderTest.SPACE, position, 1, Bytes.of("a stream of its own"));
                }
            });
        }
        int opened = 0;
        for (int mebibytes = 32; mebibytes <= 128; mebibytes += 16) {
            try (StoreUnderTest store = on(disk.crash(1, 0), (long) mebibytes << 20)) {
                store.store();
                store.put(STREAMS, 1, "goes on");
                opened++;
            } catch (StoreException.Invalid e) {
                assertThat(opened).isZero();
            }
        }
        assertThat(opened).isPositive();
    }

    /** One segment is half of what there is room for: none can be made beside it. */
    private StoreUnderTest onOneSegment(Disk used) {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "256KiB",
                        "wal-segment-size",
                        "4MiB");
        LsmEnvironment environment = Fixtures.stepped(used, steps);
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12})
    void onceEverythingWasTrimmedAFullDiskTakesWritesAndSurvivesPowerLoss(int mebibytes) {
        SmallDisk small = new SmallDisk(disk, (long) mebibytes << 20);
        try (StoreUnderTest store = onOneSegment(small)) {
            long next = 0;
            for (int round = 0; round < 3; round++) {
                next = putUntilRefused(store, next);
                long last = next - 1;
                store.write(
                        Durability.DURABLE,
                        batch -> {
                            for (int stream = 0; stream < STREAMS; stream++) {
                                batch.trim(StoreUnderTest.SPACE, stream, last);
                            }
                        });
                steps.runAll();
                Commit resumed = appendRow(store, next);
                for (int tries = 0; tries < 20 && !isAcknowledged(resumed); tries++) {
                    steps.runAll();
                    resumed = appendRow(store, next);
                }
                assertThat(isAcknowledged(resumed)).as("%s", resumed.failure()).isTrue();
                try (StoreUnderTest after = onOneSegment(disk.crash(round, 50))) {
                    assertThat(after.positions(1)).containsExactly(next);
                }
                next++;
            }
        }
    }

    private boolean isAcknowledged(Commit commit) {
        steps.runUntil(commit::isDone);
        return commit.failure() == null;
    }
}
