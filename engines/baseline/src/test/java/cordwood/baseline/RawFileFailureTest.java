package cordwood.baseline;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the raw file asks of its disk, and what it makes of failures. */
@ExtendWith(SeedExtension.class)
final class RawFileFailureTest {

    private static final Path DIRECTORY = Path.of("/data");

    private final CrashingDisk under = new CrashingDisk(1);
    private SeededSteps steps;

    @SuppressWarnings("NullAway.Init") // set before each test
    RawFileFailureTest() {}

    @BeforeEach
    void seedSteps(Seed seed) {
        steps = new SeededSteps(seed);
    }

    private StreamStore open(Disk disk) {
        return RawFileStore.open(
                disk,
                DIRECTORY,
                StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                BaselineStore.COMMITTER_LIMITS,
                steps);
    }

    private static Commit append(StreamStore store, long position, Durability level) {
        WriteBatch batch = store.newBatch();
        batch.put(SPACE, 1, position, Bytes.of("value"));
        return store.append(batch, level);
    }

    @Test
    void aGroupIsOneWriteAndOneSyncIfAnyMemberAsked() {
        RecordingDisk recording = new RecordingDisk(under);
        try (StreamStore store = open(recording)) {
            for (int i = 0; i < 5; i++) {
                append(store, i, i == 3 ? Durability.DURABLE : Durability.WRITTEN);
            }
            int before = recording.trace().size();
            steps.runAll();
            assertThat(operations(recording, before))
                    .containsExactly(
                            DiskOperation.PREALLOCATE, DiskOperation.WRITE, DiskOperation.SYNC);
            append(store, 5, Durability.WRITTEN);
            append(store, 6, Durability.BUFFERED);
            before = recording.trace().size();
            steps.runAll();
            assertThat(operations(recording, before)).containsExactly(DiskOperation.WRITE);
            assertThat(store.metrics().value(Metric.WAL_SYNCS)).isEqualTo(1);
            assertThat(store.watermark(Durability.WRITTEN)).isEqualTo(7);
            assertThat(store.watermark(Durability.DURABLE)).isEqualTo(5);
        }
    }

    private static List<DiskOperation> operations(RecordingDisk disk, int from) {
        return disk.trace().stream()
                .skip(from)
                .map(entry -> entry.call().operation())
                .filter(operation -> operation != DiskOperation.SIZE)
                .toList();
    }

    @Test
    void noRoomFailsTheGroupAndServiceResumes() {
        Fault noRoom =
                Fault.once(Fault.Kind.NO_SPACE, 1)
                        .only(call -> call.operation() == DiskOperation.PREALLOCATE);
        try (StreamStore store = open(new FailingDisk(under, noRoom))) {
            Commit refused = append(store, 1, Durability.DURABLE);
            assertThatThrownBy(() -> steps.await(refused)).isInstanceOf(StoreException.Full.class);
            steps.await(append(store, 2, Durability.DURABLE));
            assertThat(store.watermark(Durability.DURABLE)).isEqualTo(2);
            assertThat(store.metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskOperation.class,
            names = {"WRITE", "SYNC"})
    void aFailedWriteOrSyncStopsWritesForGood(DiskOperation operation) {
        Fault once = Fault.once(Fault.Kind.IO_ERROR, 2).only(call -> call.operation() == operation);
        RecordingDisk recording = new RecordingDisk(new FailingDisk(under, once));
        try (StreamStore store = open(recording)) {
            steps.await(append(store, 1, Durability.DURABLE));
            Commit failed = append(store, 2, Durability.DURABLE);
            Commit behind = append(store, 3, Durability.DURABLE);
            assertThatThrownBy(() -> steps.await(failed))
                    .isInstanceOf(StoreException.Failed.class)
                    .extracting(e -> ((StoreException) e).outcome())
                    .isEqualTo(Outcome.UNKNOWN);
            steps.runAll();
            assertThat(behind.failure()).isInstanceOf(StoreException.Failed.class);
            int before = recording.trace().size();
            assertThatThrownBy(() -> append(store, 4, Durability.DURABLE))
                    .isInstanceOf(StoreException.Failed.class)
                    .hasMessageContaining("injected")
                    .extracting(e -> ((StoreException) e).outcome())
                    .isEqualTo(Outcome.NOT_APPLIED);
            steps.runAll();
            assertThat(operations(recording, before)).as("nothing is retried").isEmpty();
            assertThat(store.watermark(Durability.WRITTEN)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whicheverCallFailsTheCallerIsToldAndNothingStaysOpen(Fault.Kind kind) {
        FailingDisk failing;
        int n = 0;
        do {
            CrashingDisk fresh = new CrashingDisk(++n);
            failing = new FailingDisk(fresh, Fault.once(kind, n));
            List<StoreException> told = new ArrayList<>();
            useOnce(failing, told);
            assertThat(!told.isEmpty()).as("call %d", n).isEqualTo(failing.hasFailed());
            assertThat(fresh.openFiles()).as("call %d", n).isEmpty();
            assertThat(fresh.lockedDirectories()).as("call %d", n).isEmpty();
        } while (failing.hasFailed());
        assertThat(n).as("calls swept").isGreaterThan(1);
    }

    private void useOnce(Disk disk, List<StoreException> told) {
        try (StreamStore store = open(disk)) {
            for (int i = 0; i < 3; i++) {
                try {
                    steps.await(append(store, i, Durability.DURABLE));
                } catch (StoreException e) {
                    told.add(e);
                }
            }
        } catch (StoreException e) {
            told.add(e);
        }
    }
}
