package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.RocksDBException;

/** What a group is refused for, and how large it becomes. */
class RocksGroupWriterTest {

    private static final int APPENDS_MAX = 10_000_000;

    /** What is asked before the one write that may not be refused. */
    enum Question {
        FAILURE_COUNT,
        DISK_ROOM,
        TRIM_POINT
    }

    @TempDir private Path root;

    /** Which question finds the heap full, once. */
    private final AtomicReference<@Nullable Question> heapless = new AtomicReference<>();

    private OpenParts parts;
    private Database database;
    private GroupCommitter committer;
    private long writtenBytes;

    @BeforeEach
    void open() {
        RocksOptions options =
                RocksOptions.of(Fixtures.options(root, "disable-paranoid-checks", "true"));
        parts =
                OpenParts.on(
                        new AskedDisk(Disk.real()),
                        root.resolve("store"),
                        options,
                        OpenParts.LIMITS,
                        StepExecutor.virtualThreads(),
                        (opened, upkeep) ->
                                new RocksGroupWriter(
                                        new AskedTarget(opened),
                                        opened.familyIds(),
                                        options,
                                        this::failureCount,
                                        upkeep));
        database = parts.database();
        committer = parts.committer();
    }

    @AfterEach
    void close() {
        parts.close();
    }

    private void ask(Question question) {
        if (heapless.compareAndSet(question, null)) {
            throw new OutOfMemoryError("injected");
        }
    }

    private long failureCount() {
        ask(Question.FAILURE_COUNT);
        return 0;
    }

    private void put(long stream) {
        try (WriteBatch batch = new RocksBatch(database, StoreLimits.LOCAL)) {
            batch.put(Fixtures.SPACE, stream, 1, Fixtures.bytes("value"));
            committer.append(batch, Durability.WRITTEN).await();
        }
    }

    /** Some questions are asked now and then only. */
    private StoreException putUntilRefused() {
        for (int stream = 0; stream < APPENDS_MAX; stream++) {
            try {
                put(stream);
            } catch (StoreException e) {
                return e;
            }
        }
        throw new AssertionError("nothing was refused");
    }

    @ParameterizedTest
    @EnumSource
    void heapThatIsFullBeforeTheWriteRefusesTheGroupAndWritingGoesOn(Question question) {
        heapless.set(question);
        StoreException refusal = putUntilRefused();
        assertThat(refusal).isInstanceOf(StoreException.Busy.class);
        assertThat(refusal.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(committer.failure()).isNull();
        put(APPENDS_MAX);
    }

    @Test
    void groupIsNoLargerThanItsBatchesCountFor() {
        try (RocksBatch batch = new RocksBatch(database, StoreLimits.LOCAL)) {
            for (int stream = 0; stream < 1_000; stream++) {
                batch.trim(Fixtures.SPACE, stream, 1);
                batch.attribute(Fixtures.SPACE, stream, 1, Fixtures.bytes(""));
                batch.put(Fixtures.SPACE, stream + 500, 2, Fixtures.bytes(""));
            }
            long footprintBytes = batch.footprintBytes();
            committer.append(batch, Durability.WRITTEN).await();
            assertThat(writtenBytes).isPositive().isLessThanOrEqualTo(footprintBytes);
        }
    }

    private final class AskedDisk extends InterposedDisk {

        AskedDisk(Disk under) {
            super(under);
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            if (call.operation() == DiskOperation.USABLE_BYTES) {
                ask(Question.DISK_ROOM);
            }
            return body.get();
        }
    }

    private final class AskedTarget implements GroupTarget {

        private final Database under;

        AskedTarget(Database under) {
            this.under = under;
        }

        @Override
        public long trimmedTo(int spaceId, long stream) {
            ask(Question.TRIM_POINT);
            return under.trimmedTo(spaceId, stream);
        }

        @Override
        public void write(org.rocksdb.WriteBatch batch) throws RocksDBException {
            writtenBytes = batch.getDataSize();
            under.write(batch);
        }

        @Override
        public void syncLog() throws RocksDBException {
            under.syncLog();
        }
    }
}
