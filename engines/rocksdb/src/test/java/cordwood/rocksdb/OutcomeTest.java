package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.FailingCall;
import cordwood.testkit.crash.GroupFailures;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Whatever call of the group writer fails, what each batch is told is true after reopening. */
@ExtendWith(SeedExtension.class)
final class OutcomeTest {

    private static final int STRIDE = Boolean.getBoolean("cordwood.long") ? 1 : 10;

    @TempDir private Path root;

    @Test
    void outcomesAreTrueWhicheverCallFails(Seed seed) {
        GroupFailures.Tally tally = GroupFailures.run(new Stores(root), seed, STRIDE);
        assertThat(tally.runs()).isGreaterThan(40 / STRIDE);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.unknown()).isPositive();
    }

    /** Each in a directory of its own. */
    private static final class Stores implements GroupFailures.Subject {
        private final Path root;
        private int count;

        Stores(Path root) {
            this.root = root;
        }

        @Override
        public GroupFailures.Writing open(FailingCall failing, StepExecutor steps) {
            count++;
            return new Written(directory(), failing, steps);
        }

        private Path directory() {
            return root.resolve("store" + count);
        }

        @Override
        public StreamStore reopen() {
            return Fixtures.open(directory());
        }
    }

    /** A database with a committer whose calls of it fail. */
    private static final class Written implements GroupFailures.Writing {
        private final OpenParts parts;

        Written(Path path, FailingCall failing, StepExecutor steps) {
            RocksOptions options = RocksOptions.of(Fixtures.options(path));
            parts =
                    OpenParts.on(
                            Disk.real(),
                            path,
                            options,
                            OpenParts.LIMITS,
                            steps,
                            (database, upkeep) ->
                                    Fixtures.writer(
                                            database,
                                            new FailingTarget(database, failing),
                                            options,
                                            upkeep));
        }

        @Override
        public WriteBatch newBatch() {
            return new RocksBatch(parts.database(), StoreLimits.LOCAL);
        }

        @Override
        public Commit append(WriteBatch batch, Durability level) {
            return parts.committer().append(batch, level);
        }

        @Override
        public void close() {
            parts.close();
        }
    }

    private record FailingTarget(GroupTarget under, FailingCall failing) implements GroupTarget {

        @Override
        public long trimmedTo(int spaceId, long stream) {
            if (failing.failsBefore()) {
                throw refusal();
            }
            long trimmedTo = under.trimmedTo(spaceId, stream);
            if (failing.failsAfter()) {
                throw refusal();
            }
            return trimmedTo;
        }

        @Override
        public void write(org.rocksdb.WriteBatch batch) throws RocksDBException {
            if (failing.failsBefore()) {
                throw error();
            }
            under.write(batch);
            if (failing.failsAfter()) {
                throw error();
            }
        }

        @Override
        public void syncLog() throws RocksDBException {
            if (failing.failsBefore()) {
                throw error();
            }
            under.syncLog();
            if (failing.failsAfter()) {
                throw error();
            }
        }

        private StoreException refusal() {
            return failing.kind() == FailingCall.Kind.NO_ROOM
                    ? new StoreException.Busy("injected")
                    : new StoreException.Corrupt("injected", null);
        }

        private RocksDBException error() {
            Status.SubCode why =
                    failing.kind() == FailingCall.Kind.NO_ROOM
                            ? Status.SubCode.NoSpace
                            : Status.SubCode.None;
            return new RocksDBException(new Status(Status.Code.IOError, why, "injected"));
        }
    }
}
