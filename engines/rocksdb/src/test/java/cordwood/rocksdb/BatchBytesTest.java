package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** What is put together here is what RocksDB would encode, and nothing of it is lost on the way. */
class BatchBytesTest {

    private static final int SPACE_ID = Fixtures.SPACE.id();
    private static final TrimPoints NO_TRIMS =
            new TrimPoints((spaceId, stream) -> StreamBounds.NEVER_TRIMMED);

    @TempDir private Path root;
    private StoreDirectory directory;
    private Database database;

    @BeforeEach
    void open() {
        directory = StoreDirectory.claim(Disk.real(), root.resolve("store"), null, false);
        database = Fixtures.database(directory, RocksOptions.of(StoreOptions.in(root)));
    }

    @AfterEach
    void close() {
        database.close();
        directory.close();
    }

    /** Puts to one stream at the positions, values of rising length, and an attribute. */
    private byte[] encoded(long... positions) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            int valueBytes = 0;
            for (long position : positions) {
                batch.put(database.data(), Keys.data(SPACE_ID, 1, position), new byte[valueBytes]);
                valueBytes = valueBytes * 2 + 50;
            }
            batch.put(database.metadata(), Keys.metadata(SPACE_ID, 1, 7), new byte[] {1});
            return batch.data();
        }
    }

    private byte[] withoutHidden(byte[] batch, TrimPoints trims) {
        BatchBytes kept = new BatchBytes(0);
        HiddenPuts.remove(batch, database.data().getID(), trims, kept);
        return kept.finished();
    }

    @Test
    void trimsAreEncodedAsRocksDbDoes() throws RocksDBException {
        byte[] value = new byte[20_000];
        Arrays.fill(value, (byte) 3);
        BatchBytes ours = new BatchBytes(0);
        ours.merge(database.metadata().getID(), new byte[10], value);
        ours.deleteRange(database.data().getID(), new byte[17], new byte[] {9});
        try (WriteBatch theirs = new WriteBatch()) {
            theirs.merge(database.metadata(), new byte[10], value);
            theirs.deleteRange(database.data(), new byte[17], new byte[] {9});
            assertThat(ours.finished()).isEqualTo(theirs.data());
        }
    }

    /** Records of every size about a step of the encoding or of the memory, and attributes. */
    @Test
    void batchesAreEncodedAsRocksDbDoes() throws RocksDBException {
        int[] sizes = {0, 1, 127, 128, 900, 1_024, 16_383, 16_384, 70_000, 200_000};
        EncodedEntries ours = new EncodedEntries(database.cells().pool());
        try (WriteBatch theirs = new WriteBatch()) {
            for (int size : sizes) {
                MemorySegment value = Fixtures.pattern(size);
                MemorySegment head = value.asSlice(0, size / 3);
                MemorySegment body = value.asSlice(size / 3);
                byte[] bytes = value.toArray(ValueLayout.JAVA_BYTE);
                ours.putData(database.data().getID(), SPACE_ID, -size, size, head, body);
                theirs.put(database.data(), Keys.data(SPACE_ID, -size, size), bytes);
                ours.putAttribute(database.metadata().getID(), SPACE_ID, size, 254, value);
                theirs.put(database.metadata(), Keys.metadata(SPACE_ID, size, 254), bytes);
                BatchBytes joined = new BatchBytes(0);
                joined.addAll(ours);
                assertThat(joined.finished()).isEqualTo(theirs.data());
            }
        } finally {
            ours.free();
        }
    }

    @Test
    void entryWhoseValueCannotBeReadIsNotThere() {
        EncodedEntries ours = new EncodedEntries(database.cells().pool());
        MemorySegment dead;
        try (Arena closed = Arena.ofConfined()) {
            dead = closed.allocate(5);
        }
        MemorySegment empty = MemorySegment.ofArray(new byte[0]);
        assertThatIllegalStateException()
                .isThrownBy(() -> ours.putData(1, SPACE_ID, 1, 1, empty, dead));
        assertThatIllegalStateException()
                .isThrownBy(() -> ours.putAttribute(1, SPACE_ID, 1, 1, dead));
        assertThat(ours.count()).isZero();
        assertThat(ours.length()).isZero();
        ours.free();
    }

    @Test
    void joinedBatchesHaveTheEntriesOfBoth() throws RocksDBException {
        BatchBytes joined = new BatchBytes(0);
        int dataId = database.data().getID();
        HiddenPuts.remove(encoded(1, 2), dataId, NO_TRIMS, joined);
        HiddenPuts.remove(encoded(3), dataId, NO_TRIMS, joined);
        byte[] bytes = joined.finished();
        assertThat(BatchBytes.countOf(bytes)).isEqualTo(5);
        assertThat(withoutHidden(bytes, NO_TRIMS)).isEqualTo(bytes);
    }

    @Test
    void onlyWhatATrimHidesIsLeftOut() throws RocksDBException {
        TrimPoints trims = new TrimPoints((_, stream) -> stream == 1 ? 5 : 100);
        byte[] kept = withoutHidden(encoded(4, 5, 6, 3, 7), trims);
        assertThat(BatchBytes.countOf(kept)).isEqualTo(3);
        assertThat(kept).hasSizeLessThan(encoded(4, 5, 6, 3, 7).length);
        assertThat(withoutHidden(kept, NO_TRIMS)).isEqualTo(kept);
    }

    @Test
    void readThatFailsMeanwhileIsNotSwallowed() throws RocksDBException {
        TrimPoints damaged =
                new TrimPoints((_, _) -> {
                    throw new StoreException.Corrupt("damaged", null);
                });
        byte[] batch = encoded(1);
        assertThatExceptionOfType(StoreException.Corrupt.class)
                .isThrownBy(() -> withoutHidden(batch, damaged));
    }

    @Test
    void batchThatIsNotWhatItSaysIsRefused() throws RocksDBException {
        byte[] whole = encoded(1, 2, 3);
        for (int length = BatchBytes.HEADER_BYTES; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
        byte[] otherKind = whole.clone();
        otherKind[BatchBytes.HEADER_BYTES] = 0x7F;
        assertRefused(otherKind);
        byte[] oneMore = whole.clone();
        oneMore[8]++;
        assertRefused(oneMore);
    }

    private void assertRefused(byte[] batch) {
        assertThatExceptionOfType(StoreException.Internal.class)
                .isThrownBy(() -> withoutHidden(batch, NO_TRIMS))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    }
}
