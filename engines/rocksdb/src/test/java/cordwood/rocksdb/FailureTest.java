package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Whatever breaks underneath, writes stop until the store is opened again and reads go on. */
class FailureTest {

    private static final int RECORDS_PER_BATCH = 100;
    private static final int VALUE_BYTES = 1_000;
    private static final int BATCHES_MAX = 2_000;

    @TempDir private Path root;

    /** Appends batches until one fails; how many were acknowledged before. */
    private static int appendUntilFailed(LocalStore store, Durability level) {
        for (int batch = 0; batch < BATCHES_MAX; batch++) {
            try {
                append(store, batch, level);
            } catch (StoreException.Failed e) {
                return batch;
            }
        }
        throw new AssertionError("nothing failed in %,d batches".formatted(BATCHES_MAX));
    }

    private static void append(LocalStore store, int index, Durability level) {
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < RECORDS_PER_BATCH; i++) {
                long position = (long) index * RECORDS_PER_BATCH + i;
                batch.put(Fixtures.SPACE, 1, position, Fixtures.pattern(VALUE_BYTES));
            }
            Commit commit = store.append(batch, level);
            commit.await();
        }
    }

    private static void assertWritesHaveStopped(LocalStore store, int acknowledged) {
        for (Durability level : Durability.values()) {
            assertThatExceptionOfType(StoreException.Failed.class)
                    .isThrownBy(() -> append(store, BATCHES_MAX, level))
                    .withMessageContaining("until the store is opened again")
                    .withMessageContaining("RocksDB")
                    .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
        }
        assertThat(Fixtures.positions(store, 1, Order.FORWARD))
                .hasSizeGreaterThanOrEqualTo(acknowledged * RECORDS_PER_BATCH)
                .contains((long) acknowledged * RECORDS_PER_BATCH - 1);
        assertThat(store.bounds(Fixtures.SPACE, 1).first()).isZero();
        assertThat(store.metrics().values()).isNotEmpty();
    }

    private void assertReopensWith(Path directory, int acknowledged, String... options) {
        try (LocalStore store = Fixtures.open(directory, options)) {
            assertThat(Fixtures.positions(store, 1, Order.FORWARD))
                    .hasSizeGreaterThanOrEqualTo(acknowledged * RECORDS_PER_BATCH);
            append(store, BATCHES_MAX + 1, Durability.DURABLE);
        }
    }

    @Test
    void vanishedLogDirectoryStopsWritesUntilReopened() throws IOException {
        Path directory = root.resolve("store");
        Path log = root.resolve("log");
        int acknowledged;
        try (LocalStore store = Fixtures.open(directory, "wal-dir", log.toString())) {
            append(store, 0, Durability.DURABLE);
            Files.move(log, root.resolve("moved"));
            acknowledged = appendUntilFailed(store, Durability.WRITTEN);
            assertThat(acknowledged).isPositive();
            assertWritesHaveStopped(store, acknowledged);
        }
        Files.move(root.resolve("moved"), log);
        assertReopensWith(directory, acknowledged, "wal-dir", log.toString());
    }

    @Test
    void failedFlushInTheBackgroundStopsWritesUntilReopened() throws IOException {
        Path directory = root.resolve("store");
        Path tables = directory.resolve("rocksdb");
        Path log = root.resolve("log");
        int acknowledged;
        try (LocalStore store = Fixtures.open(directory, "wal-dir", log.toString())) {
            append(store, 0, Durability.DURABLE);
            Files.move(tables, root.resolve("moved"));
            acknowledged = appendUntilFailed(store, Durability.WRITTEN);
            assertThat(acknowledged).isPositive();
            assertWritesHaveStopped(store, acknowledged);
            assertThatExceptionOfType(StoreException.Failed.class).isThrownBy(store::flush);
        }
        Files.move(root.resolve("moved"), tables);
        assertReopensWith(directory, acknowledged, "wal-dir", log.toString());
    }

    @Test
    void closeThrowsWhereRecordsWithoutALogCannotBeFlushed() throws IOException {
        Path directory = root.resolve("store");
        LocalStore store = Fixtures.open(directory, "disable-wal", "true");
        append(store, 0, Durability.DURABLE);
        Files.move(directory.resolve("rocksdb"), root.resolve("moved"));
        assertThatExceptionOfType(StoreException.Failed.class).isThrownBy(store::flush);
        assertThatExceptionOfType(StoreException.Failed.class).isThrownBy(store::close);
    }

    @Test
    @Tag("trial") // RocksDB takes seconds to resume
    void closeKeepsRecordsWithoutALogAfterAFullDiskThatIsOver() throws IOException {
        try (SmallDisk small = SmallDisk.mount(root.resolve("small"), "64m")) {
            Path directory = small.path().resolve("store");
            int acknowledged = 0;
            try (LocalStore store = Fixtures.open(directory, "disable-wal", "true")) {
                for (; acknowledged < 20; acknowledged++) {
                    append(store, acknowledged, Durability.DURABLE);
                }
                small.fillButFor(0);
                assertThatExceptionOfType(StoreException.Full.class).isThrownBy(store::flush);
                small.giveRoom();
            }
            assertReopensWith(directory, acknowledged);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closeKeepsRecordsWithoutALogInWhatIsReservedOfAFullDisk(boolean unchecked)
            throws IOException {
        try (SmallDisk small = SmallDisk.mount(root.resolve("small"), "64m")) {
            Path directory = small.path().resolve("store");
            String paranoidOff = String.valueOf(unchecked);
            try (LocalStore store =
                    Fixtures.open(
                            directory,
                            "disable-wal",
                            "true",
                            "disable-paranoid-checks",
                            paranoidOff)) {
                for (int batch = 0; batch < 20; batch++) {
                    append(store, batch, Durability.DURABLE);
                }
                small.fillButFor(0);
                if (unchecked) {
                    assertThatExceptionOfType(StoreException.Full.class).isThrownBy(store::flush);
                }
            }
            small.giveRoom();
            assertReopensWith(directory, 20);
        }
    }

    @Test
    void compactionThatIsTooLargeForTheDiskIsWantOfRoom() {
        Status unknown = new Status(Status.Code.Undefined, Status.SubCode.None, null);
        assertThat(Problems.write(new RocksDBException(unknown)))
                .isInstanceOf(StoreException.Full.class);
    }
}
