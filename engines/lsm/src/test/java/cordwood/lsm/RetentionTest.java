package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A space that grows above what it keeps loses its oldest records, and only those. */
@ExtendWith(SeedExtension.class)
final class RetentionTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int KEPT_BYTES = 512 << 10;
    private static final int MEMTABLE_BYTES = 64 << 10;
    private static final int VALUE_BYTES = 1_000;
    private static final int ROWS = 400;
    private static final int STREAMS = 5;

    private final CrashingDisk disk = new CrashingDisk(1);

    private StoreUnderTest open(Disk used, SeededSteps steps, String... more) {
        Map<String, String> engine = new HashMap<>();
        engine.put("retention-bytes", StoreUnderTest.SPACE.id() + "=512KiB");
        engine.put("memtable-size", "64KiB");
        engine.put("wal-segment-size", "64KiB");
        engine.put("block-size", "4KiB");
        for (int i = 0; i < more.length; i += 2) {
            engine.put(more[i], more[i + 1]);
        }
        StoreOptions options =
                new StoreOptions(DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN, engine);
        LsmEnvironment environment = Fixtures.stepped(used, steps);
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    private static void putRow(StoreUnderTest store, long row) {
        store.write(batch -> {
            for (long stream = 0; stream < STREAMS; stream++) {
                batch.put(
                        StoreUnderTest.SPACE,
                        stream,
                        row,
                        Bytes.random(row * STREAMS + stream, VALUE_BYTES));
            }
            batch.put(StoreUnderTest.OTHER_SPACE, 1, row, Bytes.random(-row, VALUE_BYTES));
        });
    }

    private static boolean isPut(StoreUnderTest store, long row) {
        try {
            putRow(store, row);
            return true;
        } catch (StoreException.Full | StoreException.Busy _) {
            return false;
        }
    }

    private static StreamBounds bounds(StoreUnderTest store, long stream) {
        return store.store().bounds(StoreUnderTest.SPACE, stream);
    }

    private static void settle(StoreUnderTest store, SeededSteps steps) {
        ((LocalStore) store.store()).flush();
        steps.runAll();
    }

    private static void requireKept(StoreUnderTest store) {
        long rows = 0;
        for (long stream = 0; stream < STREAMS; stream++) {
            StreamBounds bounds = bounds(store, stream);
            assertThat(bounds.last()).isEqualTo(ROWS - 1);
            assertThat(store.positions(stream)).hasSize((int) (ROWS - bounds.first()));
            rows += ROWS - bounds.first();
        }
        assertThat(rows * VALUE_BYTES)
                .isBetween((long) KEPT_BYTES * 9 / 10, (long) KEPT_BYTES + 3 * MEMTABLE_BYTES);
        assertThat(store.store().bounds(StoreUnderTest.OTHER_SPACE, 1).first()).isZero();
    }

    @Test
    void theOldestRecordsAreTrimmedAndAsMuchStaysAsIsKept(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest store = open(disk, steps)) {
            for (long row = 0; row < ROWS; row++) {
                putRow(store, row);
            }
            settle(store, steps);
            requireKept(store);

            long trimmedTo = bounds(store, 1).trimmedTo();
            store.reopen();
            settle(store, steps);
            requireKept(store);
            assertThat(bounds(store, 1).trimmedTo()).isEqualTo(trimmedTo);
            ((LocalStore) store.store()).compact();
            steps.runAll();
            requireKept(store);
        }
    }

    @Test
    void moreStreamsThanABatchTrimsAreTrimmed(Seed seed) {
        int streams = 1_500;
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest store = open(disk, steps, "memtable-size", "1MiB")) {
            for (long row = 1; row <= 5; row++) {
                long position = row;
                store.write(batch -> {
                    for (long stream = 0; stream < streams; stream++) {
                        batch.put(
                                StoreUnderTest.SPACE,
                                stream,
                                position,
                                Bytes.random(stream * 10 + position, 500));
                    }
                });
                settle(store, steps);
            }
            for (long stream = 0; stream < streams; stream++) {
                assertThat(store.positions(stream)).as("stream %d", stream).isEqualTo(List.of(5L));
            }
            assertThat(store.store().metrics().value(Metric.TABLE_BYTES)).isLessThan(1 << 20);
        }
    }

    @Test
    void trimsThatFindNoRoomAreTriedAgain(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        Fault fault =
                Fault.from(Fault.Kind.NO_SPACE, 1)
                        .only(call ->
                                call.operation() == DiskOperation.PREALLOCATE
                                        || call.operation() == DiskOperation.CREATE);
        FailingDisk failing = new FailingDisk(disk, fault);
        failing.disarm();
        try (StoreUnderTest store = open(failing, steps)) {
            for (long row = 0; row < ROWS; row++) {
                if (row % 100 == 50) {
                    failing.arm();
                }
                while (!isPut(store, row)) {
                    steps.runSome(200);
                    failing.disarm();
                }
            }
            failing.disarm();
            settle(store, steps);
            requireKept(store);
        }
    }

    @Test
    void aStoreThatKeepsLessThanItsBudgetIsNeverFull(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        MeteredDisk metered = new MeteredDisk(disk);
        try (StoreUnderTest store =
                open(metered, steps, "disk-budget", "8MiB", "wal-segment-size", "128KiB")) {
            for (int i = 0; i < 6; i++) {
                for (long row = 0; row < ROWS; row++) {
                    long position = (long) i * ROWS + row;
                    store.write(batch ->
                            batch.put(
                                    StoreUnderTest.SPACE,
                                    position % STREAMS,
                                    position,
                                    Bytes.random(position, 5 * VALUE_BYTES)));
                }
            }
        }
        assertThat(metered.takeMostBytes()).isLessThan(8 << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    10GiB         | '10GiB' is no SPACE=SIZE, like 1=10GiB
                    logs=1GiB     | 'logs' is no space: give its number, 1 to 254
                    255=1GiB      | space id 255 is outside 1 to 254
                    1=1GiB,1=2GiB | space 1 is there twice
                    1=0           | '1=0' keeps nothing
                    """)
    void aSizeThatIsNoneIsRefusedByName(String text, String complaint) {
        assertThatThrownBy(() ->
                        LsmSettings.of(
                                Fixtures.options(
                                        DIRECTORY,
                                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                                        "retention-bytes",
                                        text)))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage("option 'retention-bytes': " + complaint);
    }

    @Test
    void explainTellsWhatSpacesKeep() {
        Map<String, String> given = Map.of("retention-bytes", "7=1.5GiB, 1=64MiB");
        StoreOptions options =
                new StoreOptions(DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN, given);
        assertThat(new LsmProvider().explain(options))
                .anySatisfy(setting -> {
                    assertThat(setting.key()).isEqualTo("retention-bytes");
                    assertThat(setting.value()).isEqualTo("1=64 MiB, 7=1.5 GiB");
                });
    }
}
