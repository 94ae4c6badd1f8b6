package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.ScarceDisk;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log of many segments is served with few of their files open. */
final class SmallSegmentsTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int FILES_MAX = 40;
    private static final int RECORDS = 150;
    private static final int RECORD_BYTES = 50_000; // one takes a segment

    private final SeededSteps steps = new SeededSteps(new Seed(1));

    private StoreUnderTest on(CrashingDisk disk) {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                        "wal-segment-size",
                        "64KiB");
        LsmEnvironment environment = Fixtures.stepped(new ScarceDisk(disk, FILES_MAX), steps);
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    private void putAll(StoreUnderTest store, long from, Durability level) {
        for (long position = from; position < from + RECORDS; position++) {
            WriteBatch batch = store.newBatch();
            batch.put(StoreUnderTest.SPACE, 1, position, Bytes.random(position, RECORD_BYTES));
            Commit commit = store.store().append(batch, level);
            while (!commit.isDone()) {
                steps.runNamed("-wal");
                steps.runNamed("-commit"); // and no flush: all segments stay live
            }
            assertThat(commit.failure()).as("put %d", position).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"WRITTEN", "DURABLE"})
    void aMemtableOfMoreSegmentsThanFilesMayBeOpenIsWrittenReadBackAndFlushed(Durability level) {
        CrashingDisk disk = new CrashingDisk(1);
        StoreUnderTest store = on(disk);
        putAll(store, 0, level);
        store.write(Durability.DURABLE, batch -> batch.trim(StoreUnderTest.SPACE, 2, 1));
        CrashingDisk crashed = disk.crash(1, 0);
        store.close();

        try (StoreUnderTest reopened = on(crashed)) {
            ((LocalStore) reopened.store()).flush();
            putAll(reopened, RECORDS, level);
            assertThat(reopened.positions(1))
                    .isEqualTo(LongStream.range(0, 2 * RECORDS).boxed().toList());
        }
        assertThat(crashed.openFiles()).isEmpty();
    }
}
