package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.CompactionJobInfo;
import org.rocksdb.CompactionOptions;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What giving back the room of trimmed records needs, and what may be begun with how much. */
class ReclaimTest {

    private static final int RECORDS = 100;
    private static final int VALUE_BYTES = 10_000;
    private static final long STREAM_BYTES = (long) RECORDS * VALUE_BYTES;

    @TempDir private Path root;
    private OpenParts parts;
    private Database database;
    private Reclaim reclaim;

    @BeforeEach
    void open() throws RocksDBException {
        parts = OpenParts.at(root.resolve("store"), RocksOptions.of(Fixtures.options(root)));
        database = parts.database();
        reclaim = new Reclaim(database);
        reclaim.run(() -> Long.MAX_VALUE / 2); // what may have been trimmed before
    }

    @AfterEach
    void close() {
        reclaim.close();
        parts.close();
    }

    /** A table of one stream. */
    private void putTable(long stream) throws RocksDBException {
        putStream(stream);
        database.flush();
    }

    private void putStream(long stream) throws RocksDBException {
        putStream(stream, 0);
    }

    private void putStream(long stream, int first) throws RocksDBException {
        for (int position = first; position < first + RECORDS; position++) {
            byte[] value = new byte[VALUE_BYTES];
            Bytes.random(position, VALUE_BYTES).asByteBuffer().get(value);
            database.rocks()
                    .put(database.data(), Keys.data(Fixtures.SPACE, stream, position), value);
        }
    }

    private void trim(long stream, long to) throws RocksDBException {
        trim(stream, 0, to);
    }

    private void trim(long stream, long from, long to) throws RocksDBException {
        database.rocks()
                .deleteRange(
                        database.data(),
                        Keys.data(Fixtures.SPACE, stream, from),
                        Keys.after(Fixtures.SPACE.id(), stream, to));
        StreamMarks marks = new StreamMarks();
        marks.trim(Fixtures.SPACE, stream, to);
        reclaim.note(marks);
    }

    private long tableBytes() {
        return database.dataTables().stream().mapToLong(table -> table.size()).sum();
    }

    @Test
    void littleThatIsTrimmedNeedsRoomForAllTheRest() throws RocksDBException {
        putTable(1);
        putTable(2);
        trim(1, 3);
        assertThat(reclaim.look(STREAM_BYTES).compacts()).isFalse();
        assertThat(reclaim.look(3 * STREAM_BYTES).compacts()).isTrue();

        database.flush();
        reclaim.run(() -> STREAM_BYTES);
        assertThat(reclaim.hasTrims()).isTrue();
    }

    @Test
    void allThatIsTrimmedNeedsHardlyAnyRoomAndComesBack() throws RocksDBException {
        putTable(1);
        trim(1, RECORDS);
        assertThat(reclaim.look(STREAM_BYTES / 4).compacts()).isTrue();

        database.flush();
        reclaim.run(() -> STREAM_BYTES / 4);
        assertThat(reclaim.hasTrims()).isFalse();
        assertThat(tableBytes()).isLessThan(STREAM_BYTES / 4);
    }

    /** A table of three streams, of which no trim alone covers it. */
    @Test
    void tableOfSeveralStreamsThatAreAllTrimmedIsDroppedWithoutAnyRoom() throws RocksDBException {
        for (int stream = 1; stream <= 3; stream++) {
            putStream(stream);
        }
        putStream(9);
        database.flush();
        database.compact();
        for (int stream = 1; stream <= 3; stream++) {
            trim(stream, RECORDS);
        }
        database.flush();
        reclaim.dropTables(reclaim.trimmed());
        assertThat(tableBytes()).isBetween(4 * STREAM_BYTES, 5 * STREAM_BYTES); // with stream 9

        trim(9, RECORDS);
        database.flush();
        reclaim.dropTables(reclaim.trimmed());
        assertThat(tableBytes()).isLessThan(STREAM_BYTES);
    }

    @Test
    void tableWithARecordBetweenTrimmedStreamsStays() throws RocksDBException {
        putStream(1);
        database.rocks().put(database.data(), Keys.data(Fixtures.SPACE, 2, 7), new byte[1]);
        putStream(3);
        database.flush();
        database.compact();
        trim(1, RECORDS);
        trim(3, RECORDS);
        database.flush();
        reclaim.dropTables(reclaim.trimmed());
        assertThat(database.rocks().get(database.data(), Keys.data(Fixtures.SPACE, 2, 7)))
                .isEqualTo(new byte[1]);
        assertThat(tableBytes()).isGreaterThan(2 * STREAM_BYTES);
    }

    /** The first trim is in the table that goes, and hides records in one below that stays. */
    @Test
    void tableThatHidesRecordsOfADeeperOneStays() throws RocksDBException {
        database.rocks()
                .setOptions(
                        database.data(),
                        MutableColumnFamilyOptions.builder()
                                .setDisableAutoCompactions(true)
                                .build());
        putStream(1);
        putStream(2, 0);
        flushTo(6);
        putStream(2, RECORDS);
        trim(2, RECORDS - 1);
        flushTo(5);
        trim(2, RECORDS, 2 * RECORDS);
        database.flush();
        reclaim.dropTables(reclaim.trimmed());
        assertThat(readable(2)).isZero();

        reclaim.run(() -> Long.MAX_VALUE / 2);
        assertThat(readable(1)).isEqualTo(RECORDS);
        assertThat(tableBytes()).isLessThan(2 * STREAM_BYTES);
    }

    /** What others trimmed meanwhile is in memory alone, and may be lost with the process. */
    @Test
    void onlyWhatWasTrimmedBeforeTheFlushIsDropped() throws RocksDBException {
        putStream(1);
        flushTo(6);
        putStream(2);
        flushTo(6);
        trim(1, RECORDS);
        List<KeyRange> trimmed = reclaim.trimmed();
        database.flush();
        trim(2, RECORDS);
        reclaim.dropTables(trimmed);
        assertThat(tableBytes()).isBetween(STREAM_BYTES, STREAM_BYTES * 3 / 2);
    }

    private void flushTo(int level) throws RocksDBException {
        database.flush();
        try (CompactionOptions options = new CompactionOptions()) {
            List<String> fresh =
                    database.dataTables().stream()
                            .filter(table -> table.level() == 0)
                            .map(table -> table.fileName())
                            .toList();
            database.rocks()
                    .compactFiles(
                            options, database.data(), fresh, level, -1, new CompactionJobInfo());
        }
    }

    /** Records that RocksDB shows, whatever was trimmed. */
    private int readable(long stream) {
        int records = 0;
        try (RocksIterator iterator = database.rocks().newIterator(database.data())) {
            iterator.seek(Keys.data(Fixtures.SPACE, stream, 0));
            byte[] end = Keys.data(Fixtures.SPACE, stream, Long.MAX_VALUE);
            while (iterator.isValid() && Arrays.compareUnsigned(iterator.key(), end) < 0) {
                records++;
                iterator.next();
            }
        }
        return records;
    }

    @Test
    void whatIsTrimmedInAMemtableIsLeftOutByItsFlush() throws RocksDBException {
        putTable(1);
        putStream(2);
        assertThat(reclaim.look(0).memtableBytes()).isZero();
        trim(2, RECORDS / 2);
        assertThat(reclaim.look(0).memtableBytes()).isBetween(STREAM_BYTES / 4, STREAM_BYTES);
    }

    @Test
    void rocksBeginsNoCompactionOfItsOwnWithoutRoomAndDoesOnceThereIsSome()
            throws RocksDBException {
        database.compactionRoom().allow(STREAM_BYTES);
        for (int i = 0; i < 2 * Sizes.L0_TABLES_TO_COMPACT; i++) {
            putTable(i % 2);
        }
        assertThat(database.dataTables()).hasSize(2 * Sizes.L0_TABLES_TO_COMPACT);
        database.compactionRoom().allow(100 * STREAM_BYTES);
        Poll.until(
                "tables are compacted",
                () -> database.dataTables().size() <= Sizes.L0_TABLES_TO_COMPACT);
        assertThat(database.isResumed()).isTrue();
    }

    @Test
    void compactionThatWasAskedForIsBegunAllTheSame() throws RocksDBException {
        database.compactionRoom().allow(0);
        putTable(1);
        putTable(1);
        database.compact();
        assertThat(tableBytes()).isLessThan(STREAM_BYTES * 3 / 2);
    }
}
