package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.commit.Stalls;
import cordwood.lsm.commit.Stalls.Cause;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a store says when its disk is slow. */
final class StallCausesTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final long SLOW_NANOS = 5 * Stalls.NANOS_MIN;

    /** Takes its time for one kind of call on the log. */
    private static final class SlowDisk extends InterposedDisk {
        private final DiskOperation operation;

        SlowDisk(Disk under, DiskOperation operation) {
            super(under);
            this.operation = operation;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            if (call.operation() == operation && call.path().toString().endsWith(".wal")) {
                spend();
            }
            return body.get();
        }

        private static void spend() {
            long beganNanos = System.nanoTime();
            while (System.nanoTime() - beganNanos < SLOW_NANOS) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aSlowWriteToTheLogIsOne() {
        assertThat(noted(DiskOperation.WRITE, Cause.LOG_WRITE)).isGreaterThanOrEqualTo(SLOW_NANOS);
    }

    @Test
    void aSlowSyncIsOne() {
        assertThat(noted(DiskOperation.SYNC, Cause.LOG_SYNC)).isGreaterThanOrEqualTo(SLOW_NANOS);
    }

    private static long noted(DiskOperation slow, Cause cause) {
        Disk disk = new SlowDisk(new CrashingDisk(1), slow);
        try (LsmStore store = LsmStore.open(Fixtures.small(STORE), LsmEnvironment.on(disk));
                WriteBatch batch = store.newBatch()) {
            batch.put(SampleStore.SPACE, 1, 1, Bytes.of("one"));
            store.append(batch, Durability.DURABLE).await();
            StoreMetrics metrics = store.metrics();
            assertThat(metrics.value(Metric.STALL_NANOS))
                    .isEqualTo(
                            Arrays.stream(Cause.values())
                                    .filter(each -> each != Cause.LOG_SYNC)
                                    .mapToLong(each -> nanos(metrics, each))
                                    .sum());
            return nanos(metrics, cause);
        }
    }

    private static long nanos(StoreMetrics metrics, Cause cause) {
        return Objects.requireNonNull(metrics.engine().get(cause.figure()));
    }
}
