package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableSyncTest {

    private static final Path FILE = Path.of("/disk/table").toAbsolutePath();

    private final AtomicInteger syncs = new AtomicInteger();
    private @Nullable RuntimeException failure;
    private Runnable during = () -> {};
    private DiskFile file;

    @BeforeEach
    void create() {
        CrashingDisk under = new CrashingDisk(1);
        under.createDirectories(FILE.getParent());
        file = new CountingDisk(under).create(FILE);
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void syncThatItsThreadLosesIsRunByWhoAwaitsIt() {
        TableSync sync = TableSync.begin(file, _ -> {});
        assertThat(syncs).hasValue(0);
        sync.await();
        sync.await();
        assertThat(syncs).hasValue(1);
    }

    @Test
    void syncThatNoThreadTakesIsRunByWhoAwaitsIt() {
        Executor full =
                _ -> {
                    throw new RejectedExecutionException("none to spare");
                };
        TableSync.begin(file, full).await();
        assertThat(syncs).hasValue(1);
    }

    @Test
    void syncThatWasNotBegunWhenTheTableIsClosedIsNotRunLater() {
        Runnable[] handed = new Runnable[1];
        TableSync sync = TableSync.begin(file, task -> handed[0] = task);
        sync.end();
        handed[0].run();
        assertThat(syncs).hasValue(0);
    }

    @Test
    void whoAwaitsASyncUnderWayReturnsAfterIt() {
        CountDownLatch entered = new CountDownLatch(1);
        during = entered::countDown;
        TableSync sync = TableSync.begin(file, task -> Thread.ofPlatform().start(task));
        sync.await();
        assertThat(entered.getCount()).isZero();
        assertThat(syncs).hasValue(1);
    }

    @Test
    void failureIsThrownToWhoAwaitsIt() {
        failure = new FileFailure(FileFailure.Kind.IO, "sync", FILE, -1, "injected", null);
        TableSync sync = TableSync.begin(file, Runnable::run);
        assertThatThrownBy(sync::await).isSameAs(failure);
        sync.end();
    }

    private final class CountingDisk extends InterposedDisk {

        CountingDisk(CrashingDisk under) {
            super(under);
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile ofFile, Supplier<T> body) {
            if (call.operation() == DiskOperation.SYNC) {
                during.run();
                T result = body.get();
                syncs.incrementAndGet();
                if (failure != null) {
                    throw failure;
                }
                return result;
            }
            return body.get();
        }
    }
}
