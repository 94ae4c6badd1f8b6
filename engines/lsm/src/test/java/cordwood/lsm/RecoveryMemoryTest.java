package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log is read back within the budget that wrote it. */
final class RecoveryMemoryTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int BATCHES = 5;

    private final SeededSteps steps = new SeededSteps(new Seed(1));

    private StoreUnderTest on(CrashingDisk used, String memtableSize) {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        memtableSize);
        LsmEnvironment environment = Fixtures.stepped(used, steps);
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    @ParameterizedTest
    @ValueSource(strings = {"64KiB", "4MiB"})
    void theLargestBatchesOfTheSmallestRecordsAreReadBackWithinTheirBudget(String memtableSize) {
        CrashingDisk disk = new CrashingDisk(1);
        StoreUnderTest store = on(disk, memtableSize);
        int streams = store.store().limits().batchRecordsMax();
        for (int i = 0; i < BATCHES; i++) {
            WriteBatch batch = store.newBatch();
            for (int stream = 0; stream < streams; stream++) {
                batch.trim(StoreUnderTest.SPACE, i * streams + stream, 1);
            }
            Commit commit = store.store().append(batch, Durability.DURABLE);
            steps.runNamed("-wal");
            steps.runNamed("-commit"); // and no flush before one must
            steps.await(commit);
        }

        try (StoreUnderTest reopened = on(disk.crash(1, 0), memtableSize)) {
            assertThat(reopened.streams(StoreUnderTest.SPACE)).hasSize(BATCHES * streams);
            reopened.put(1, 2, "goes on");
        }
        store.close();
    }
}
