package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When sealed memtables become tables, on threads of the system's. */
final class FlushTimeTest {

    private static final Space SPACE = new Space(3, "test");
    private static final int MEMTABLE_BYTES = 256 << 10;
    private static final int RECORD_BYTES = 4 << 10;

    private final LsmStore store =
            LsmStore.open(
                    Fixtures.small(Path.of("/disk/store").toAbsolutePath()),
                    LsmEnvironment.on(new CrashingDisk(1)));

    @AfterEach
    void close() {
        store.close();
    }

    private void write(long first, long bytes) {
        for (long position = first; position < first + bytes / RECORD_BYTES; position++) {
            try (WriteBatch batch = store.newBatch()) {
                batch.put(SPACE, 1, position, Bytes.random(position, RECORD_BYTES));
                store.append(batch, Durability.WRITTEN).await();
            }
        }
    }

    private long flushes() {
        return store.metrics().value(Metric.FLUSHES);
    }

    @Test
    void whatIsSealedIsFlushedWhenWritingPauses() {
        write(0, 2 * MEMTABLE_BYTES);
        Poll.until("the sealed memtable is flushed", () -> flushes() > 0);
    }

    @Test
    void writingThatNeverPausesIsFlushedBesides() {
        long budgetBytes = StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT;
        long position = 0;
        while (flushes() == 0 && position * RECORD_BYTES < budgetBytes) {
            write(position, RECORD_BYTES);
            position++;
        }
        assertThat(flushes()).isPositive();
    }
}
