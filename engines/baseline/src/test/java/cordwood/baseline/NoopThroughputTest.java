package cordwood.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.Threads;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the committer lets through when the engine does nothing: a look by hand, whose figure
 * depends on the machine. It fails only when something is lost.
 */
@Tag("long")
final class NoopThroughputTest {

    private static final int IN_FLIGHT = 32;
    private static final int RECORDS_PER_BATCH = 10;
    private static final int RECORD_BYTES = 512;
    private static final long BATCHES = 2_000_000;
    private static final int ROUNDS = 3;

    @TempDir private Path directory;

    @Test
    void everyBatchOfAFastProducerIsAcknowledged() {
        for (int round = 0; round < ROUNDS; round++) {
            try (StreamStore store = new NoopProvider().open(StoreOptions.in(directory))) {
                long startNanos = System.nanoTime();
                try (Threads threads = new Threads()) {
                    threads.start(() -> produce(store));
                }
                long nanos = System.nanoTime() - startNanos;
                StoreMetrics metrics = store.metrics();
                System.out.printf(
                        "noop: %.2f million records/s, %.1f batches a group%n",
                        (double) BATCHES
                                * RECORDS_PER_BATCH
                                * TimeUnit.SECONDS.toNanos(1)
                                / nanos
                                / 1e6,
                        (double) BATCHES / metrics.value(Metric.COMMIT_GROUPS));
                assertThat(metrics.value(Metric.COMMIT_RECORDS))
                        .isEqualTo(BATCHES * RECORDS_PER_BATCH);
            }
        }
    }

    private static void produce(StreamStore store) {
        MemorySegment value = Bytes.random(1, RECORD_BYTES);
        WriteBatch[] batches = new WriteBatch[IN_FLIGHT];
        Commit[] commits = new Commit[IN_FLIGHT];
        for (long i = 0; i < BATCHES; i++) {
            int slot = (int) (i % IN_FLIGHT);
            if (i < IN_FLIGHT) {
                batches[slot] = store.newBatch();
            } else {
                commits[slot].await();
                batches[slot].clear();
            }
            WriteBatch batch = batches[slot];
            for (int record = 0; record < RECORDS_PER_BATCH; record++) {
                batch.put(StoreUnderTest.SPACE, 1, i * RECORDS_PER_BATCH + record, value);
            }
            commits[slot] = store.append(batch, Durability.WRITTEN);
        }
        for (Commit commit : commits) {
            commit.await();
        }
    }
}
