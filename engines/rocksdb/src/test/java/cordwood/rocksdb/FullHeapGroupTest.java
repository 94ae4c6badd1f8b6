package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A heap that is full at any call of the group writer, but for the write itself. */
@ExtendWith(SeedExtension.class)
final class FullHeapGroupTest {

    @TempDir private Path root;
    private int refused;
    private int unharmed;

    @Test
    void fullHeapBeforeTheWriteIsARefusalAndAfterwardsNoFailure(Seed seed) {
        int call = 1;
        while (reached(new FullHeap(call), root.resolve("store" + call), seed)) {
            call++;
        }
        assertThat(refused).isGreaterThanOrEqualTo(2); // a look at the disk, a trim point
        assertThat(unharmed).isPositive(); // another look at the disk
    }

    private boolean reached(FullHeap heap, Path path, Seed seed) {
        RocksOptions options = RocksOptions.of(Fixtures.options(path));
        AtomicLong clockNanos = new AtomicLong(); // every look at the disk is an old one
        SeededSteps steps = new SeededSteps(seed);
        try (StoreDirectory directory =
                        StoreDirectory.claim(new HeaplessDisk(heap), path, null, false);
                Database database = Fixtures.database(directory, options);
                Upkeep upkeep =
                        Upkeep.of(
                                database,
                                directory,
                                options,
                                () -> clockNanos.addAndGet(1_000_000_000));
                GroupCommitter committer =
                        new GroupCommitter(
                                "test",
                                Fixtures.writer(
                                        database,
                                        new HeaplessTarget(database, heap),
                                        options,
                                        upkeep),
                                GroupCommitter.Limits.forInFlightBytes(64 << 20),
                                steps);
                WriteBatch batch = new RocksBatch(database, StoreLimits.LOCAL)) {
            batch.put(Fixtures.SPACE, 1, 2, Fixtures.bytes("value"));
            batch.trim(Fixtures.SPACE, 1, 1);
            heap.armed = true;
            Commit commit = committer.append(batch, Durability.WRITTEN);
            steps.runAll();
            heap.armed = false;
            check(heap, commit.failure());
            assertThat(database.batches().usedBytes() > 0).isEqualTo(commit.failure() != null);
            batch.clear();
            batch.put(Fixtures.SPACE, 2, 1, Fixtures.bytes("later"));
            Commit later = committer.append(batch, Durability.WRITTEN);
            steps.runAll();
            assertThat(later.failure()).isNull();
        }
        return heap.hasFailed;
    }

    private void check(FullHeap heap, @Nullable StoreException failure) {
        if (heap.hasFailed && !heap.isWritten) {
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            StoreException.Busy.class,
                            busy -> assertThat(busy.outcome()).isEqualTo(Outcome.NOT_APPLIED));
            refused++;
        } else {
            assertThat(failure).isNull();
            unharmed += heap.hasFailed ? 1 : 0;
        }
    }

    /** Full at one call, counted from 1. */
    private static final class FullHeap {
        private final int call;
        private int calls;
        private boolean armed;
        private boolean hasFailed;
        private boolean isWritten;

        FullHeap(int call) {
            this.call = call;
        }

        void allocate() {
            if (armed && ++calls == call) {
                hasFailed = true;
                throw new OutOfMemoryError("injected");
            }
        }
    }

    private static final class HeaplessDisk extends InterposedDisk {
        private final FullHeap heap;

        HeaplessDisk(FullHeap heap) {
            super(Disk.real());
            this.heap = heap;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            heap.allocate();
            return body.get();
        }
    }

    private record HeaplessTarget(GroupTarget under, FullHeap heap) implements GroupTarget {

        @Override
        public long trimmedTo(int spaceId, long stream) {
            heap.allocate();
            return under.trimmedTo(spaceId, stream);
        }

        @Override
        public void write(org.rocksdb.WriteBatch batch) throws RocksDBException {
            under.write(batch);
            heap.isWritten |= heap.armed;
        }

        @Override
        public void syncLog() throws RocksDBException {
            under.syncLog();
        }
    }
}
