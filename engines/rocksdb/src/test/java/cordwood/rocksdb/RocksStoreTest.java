package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import cordwood.store.AllocatorChoice;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to this engine; the contract test has the rest. */
class RocksStoreTest {

    private static final Space SPACE = Fixtures.SPACE;
    private static final Space NEIGHBOUR = new Space(SPACE.id() + 1, "neighbour");

    @TempDir private Path directory;
    private LocalStore store;

    @BeforeEach
    void open() {
        store = Fixtures.open(directory.resolve("store"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    @Test
    void engineIsProvidedByName() {
        assertThat(RocksProvider.class.getModule().getDescriptor().provides())
                .anySatisfy(provided ->
                        assertThat(provided.providers())
                                .containsExactly(RocksProvider.class.getName()));
        assertThat(new RocksProvider().name()).isEqualTo("rocksdb");
    }

    @Test
    void extremeStreamsAndPositionsKeepTheirOrder() {
        long[] extremes = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
        try (WriteBatch batch = store.newBatch()) {
            for (long stream : extremes) {
                for (long position : extremes) {
                    batch.put(SPACE, stream, position, Fixtures.bytes(stream + ":" + position));
                }
            }
            store.append(batch, Durability.WRITTEN).await();
        }
        reopen();
        for (long stream : extremes) {
            assertThat(Fixtures.positions(store, stream, Order.FORWARD))
                    .containsExactly(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
            assertThat(Fixtures.positions(store, stream, Order.BACKWARD))
                    .containsExactly(Long.MAX_VALUE, 1L, 0L, -1L, Long.MIN_VALUE);
            assertThat(store.bounds(SPACE, stream))
                    .isEqualTo(
                            new StreamBounds(
                                    Long.MIN_VALUE, Long.MAX_VALUE, StreamBounds.NEVER_TRIMMED));
        }
        assertThat(Fixtures.streams(store, SPACE))
                .containsExactly(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
    }

    @Test
    void neighbouringStreamsAndSpacesStayApart() {
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, Long.MAX_VALUE, 1, Fixtures.bytes("a"));
            batch.put(NEIGHBOUR, Long.MIN_VALUE, 2, Fixtures.bytes("b"));
            batch.trim(SPACE, Long.MAX_VALUE, Long.MAX_VALUE);
            batch.attribute(SPACE, 7, 0, Fixtures.bytes("c"));
            store.append(batch, Durability.DURABLE).await();
        }
        assertThat(store.bounds(SPACE, Long.MAX_VALUE))
                .isEqualTo(StreamBounds.empty(Long.MAX_VALUE));
        assertThat(store.bounds(NEIGHBOUR, Long.MIN_VALUE))
                .isEqualTo(new StreamBounds(2, 2, StreamBounds.NEVER_TRIMMED));
        assertThat(Fixtures.streams(store, SPACE)).containsExactly(7L, Long.MAX_VALUE);
        assertThat(Fixtures.streams(store, NEIGHBOUR)).containsExactly(Long.MIN_VALUE);
    }

    @Test
    void valuesOfAllSizesSurviveReopening() {
        int[] sizes = {0, 1, 1_023, 1_024, 1_025, 65_536, 65_537, 1 << 20};
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < sizes.length; i++) {
                batch.put(SPACE, 1, i, Fixtures.bytes("head"), Fixtures.pattern(sizes[i]));
            }
            store.append(batch, Durability.DURABLE).await();
        }
        reopen();
        try (var cursor = store.read(SPACE, 1, 0, 100, Order.FORWARD)) {
            for (int size : sizes) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.value().isReadOnly()).isTrue();
                assertThat(cursor.value().asSlice(4).mismatch(Fixtures.pattern(size)))
                        .isEqualTo(-1);
            }
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void trimmedSpaceIsGivenBackByCompaction() {
        for (int batch = 0; batch < 40; batch++) {
            Fixtures.put(store, 1, batch * 100L, 100, 1_000);
        }
        store.flush();
        long fullBytes = store.metrics().value(Metric.TABLE_BYTES);
        Fixtures.trim(store, 1, 3_899);
        store.compact();
        assertThat(store.metrics().value(Metric.TABLE_BYTES)).isLessThan(fullBytes / 10);
        assertThat(store.bounds(SPACE, 1)).isEqualTo(new StreamBounds(3_900, 3_999, 3_899));
    }

    @Test
    void checkpointOpensByItselfAndNeverOverwrites() {
        Fixtures.put(store, 1, 0, 10, 100);
        Path copy = directory.resolve("copy");
        store.checkpoint(copy);
        Fixtures.put(store, 1, 10, 10, 100);
        try (LocalStore copied = Fixtures.open(copy)) {
            assertThat(Fixtures.positions(copied, 1, Order.FORWARD)).hasSize(10);
        }
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> store.checkpoint(copy));
    }

    @Test
    void checkpointBelowAFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> store.checkpoint(file.resolve("copy")));
    }

    @Test
    void durableGroupIsSyncedAndCounted() {
        Fixtures.put(store, 1, 0, 10, 100);
        StoreMetrics before = store.metrics();
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 100, Fixtures.pattern(100));
            store.append(batch, Durability.DURABLE).await();
        }
        StoreMetrics after = store.metrics();
        assertThat(after.value(Metric.WAL_SYNCS)).isGreaterThan(before.value(Metric.WAL_SYNCS));
        assertThat(after.value(Metric.WAL_SYNC_NANOS)).isPositive();
        assertThat(after.value(Metric.WAL_BYTES) - before.value(Metric.WAL_BYTES))
                .isBetween(117L, 1_000L);
        assertThat(store.watermark(Durability.DURABLE)).isEqualTo(2);
    }

    @Test
    void figuresFollowTheData() {
        StoreMetrics empty = store.metrics();
        assertThat(empty.value(Metric.TABLES)).isZero();
        for (int batch = 0; batch < 20; batch++) {
            Fixtures.put(store, 1, batch * 100L, 100, 1_000);
        }
        assertThat(store.metrics().value(Metric.MEMTABLE_BYTES))
                .isGreaterThan(empty.value(Metric.MEMTABLE_BYTES) + 2_000_000);
        assertThat(store.metrics().value(Metric.OFF_HEAP_BYTES))
                .isGreaterThan(store.metrics().value(Metric.MEMTABLE_BYTES));
        store.flush();
        StoreMetrics flushed = store.metrics();
        assertThat(flushed.value(Metric.FLUSHES)).isPositive();
        assertThat(flushed.value(Metric.FLUSH_BYTES)).isGreaterThan(2_000);
        assertThat(flushed.value(Metric.TABLES)).isPositive();
        assertThat(flushed.engine()).containsEntry("data_level_0_tables", 1L);
        assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(2_000);
        assertThat(store.metrics().value(Metric.BLOCK_CACHE_MISSES)).isPositive();
        assertThat(store.statistics()).contains("rocksdb.wal.bytes", "Level");
    }

    private long batchBytes() {
        return store.metrics().engine().getOrDefault("batch_bytes", -1L);
    }

    @Test
    void batchMemoryIsCountedUntilItIsFreed() {
        long before = batchBytes();
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 1, Fixtures.pattern(1 << 20));
            assertThat(batchBytes()).isGreaterThan(before + (1 << 20));
        }
        assertThat(batchBytes()).isEqualTo(before);
    }

    @Test
    void batchesBeyondTheirPartOfTheBudgetAreRefusedAndAsBefore() {
        MemorySegment value = Fixtures.pattern(4 << 20);
        List<WriteBatch> batches = new ArrayList<>();
        try (WriteBatch small = store.newBatch()) {
            small.put(SPACE, 2, 1, Fixtures.bytes("before"));
            for (int i = 0; i < 4; i++) {
                batches.add(store.newBatch());
            }
            int filled = fillUntilRefused(batches, value);
            assertThat(filled).isBetween(9, 10); // of 4 MiB, in 40 MiB
            long before = batchBytes();
            assertThatExceptionOfType(StoreException.Busy.class)
                    .isThrownBy(() -> small.put(SPACE, 2, 2, value))
                    .withMessageContaining("batches hold");
            assertThat(batchBytes()).isEqualTo(before);
            assertThat(small.recordCount()).isEqualTo(1);
            small.put(SPACE, 2, 3, Fixtures.bytes("behind"));
            store.append(small, Durability.WRITTEN).await();
            assertThat(Fixtures.positions(store, 2, Order.FORWARD)).containsExactly(1L, 3L);
            small.clear();
            batches.getFirst().clear();
            small.put(SPACE, 2, 2, value);
        } finally {
            batches.forEach(WriteBatch::close);
        }
        assertThat(batchBytes()).isZero();
    }

    @Test
    void batchThatWasWrittenHoldsNothing() {
        long before = batchBytes();
        for (int i = 0; i < 20; i++) { // of 4 MiB, in 40 MiB
            WriteBatch batch = store.newBatch();
            batch.put(SPACE, 1, i, Fixtures.pattern(4 << 20));
            store.append(batch, Durability.WRITTEN).await();
        }
        assertThat(batchBytes()).isEqualTo(before);
        assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(20);
    }

    @Test
    void anyNumberOfBatchesMayRest() {
        List<WriteBatch> batches = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) { // at 8 KiB each there would be room for 5,120
            WriteBatch batch = store.newBatch();
            batch.put(SPACE, 1, i, Fixtures.bytes("small"));
            store.append(batch, Durability.BUFFERED).await();
            if (i % 2 == 0) {
                batch.clear();
            }
            batches.add(batch);
        }
        assertThat(batchBytes()).isZero();
        batches.forEach(WriteBatch::close);
    }

    @Test
    void putThatALogOnItsOwnSmallDiskRefusesGetsRoomByAFlush() throws IOException {
        try (SmallDisk small = SmallDisk.mount(directory.resolve("small"), "8m");
                LocalStore narrow =
                        Fixtures.open(
                                directory.resolve("narrow"),
                                "wal-dir",
                                small.path().resolve("log").toString())) {
            for (int i = 0; i < 2; i++) { // the first time there is a flush for old trims
                narrow.flush();
                putInTheEnd(narrow, 900 << 10);
                putInTheEnd(narrow, 2_500 << 10);
            }
        }
    }

    private static void putInTheEnd(LocalStore store, int bytes) {
        Fixtures.inTheEnd(
                200,
                () -> {
                    try (WriteBatch batch = store.newBatch()) {
                        batch.put(SPACE, 1, bytes, Fixtures.pattern(bytes));
                        store.append(batch, Durability.DURABLE).await();
                    }
                });
    }

    @Test
    void batchWhoseFirstEntryCouldNotBeReadHoldsNothing() {
        MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(1_000);
        }
        try (WriteBatch batch = store.newBatch()) {
            assertThatIllegalStateException().isThrownBy(() -> batch.put(SPACE, 1, 1, gone));
            assertThat(batchBytes()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> batch.attribute(SPACE, 1, 1, gone));
            assertThat(batchBytes()).isZero();
            batch.put(SPACE, 1, 2, Fixtures.bytes("kept"));
            assertThatIllegalStateException().isThrownBy(() -> batch.put(SPACE, 1, 3, gone));
            store.append(batch, Durability.WRITTEN).await();
        }
        assertThat(Fixtures.positions(store, 1, Order.FORWARD)).containsExactly(2L);
    }

    private static int fillUntilRefused(List<WriteBatch> batches, MemorySegment value) {
        for (int i = 0; i < 100; i++) {
            try {
                batches.get(i % batches.size()).put(SPACE, 1, i, value);
            } catch (StoreException.Busy e) {
                return i;
            }
        }
        throw new AssertionError("400 MiB of batches in a budget of 64");
    }

    @Test
    void limitsOfASmallBudgetAreRefusedAtTheCall() {
        StoreLimits limits = store.limits();
        assertThat(limits.batchBytesMax()).isEqualTo(32 << 20);
        MemorySegment half = MemorySegment.ofArray(new byte[16 << 20]);
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 1, half);
            batch.put(SPACE, 1, 2, half);
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> batch.put(SPACE, 1, 3, Fixtures.bytes("x")));
            store.append(batch, Durability.WRITTEN).await();
        }
        assertThat(Fixtures.positions(store, 1, Order.FORWARD)).containsExactly(1L, 2L);
    }

    @Test
    void largestRecordOfASmallBudgetIsReadBack() {
        int bytes = store.limits().recordBytesMax();
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 1, Fixtures.pattern(bytes));
            store.append(batch, Durability.WRITTEN).await();
        }
        for (int round = 0; round < 2; round++) {
            try (Cursor cursor = store.read(SPACE, 1, 0, 9, Order.FORWARD)) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.value().mismatch(Fixtures.pattern(bytes))).isEqualTo(-1);
            }
            store.flush();
        }
    }

    @Test
    void valuesGoThroughCellsOfTheStoreAndAroundThemWhenAllAreInUse() {
        List<WriteBatch> batches = new ArrayList<>();
        for (int i = 0; i < 100; i++) { // of 64 KiB each, and there is 1 MiB
            WriteBatch batch = store.newBatch();
            batch.put(SPACE, 1, i, Fixtures.pattern(60_000 + i));
            batches.add(batch);
        }
        assertThat(store.metrics().engine().get("cell_bytes")).isEqualTo(1 << 20);
        for (WriteBatch batch : batches) {
            store.append(batch, Durability.BUFFERED).await();
        }
        try (Cursor cursor = store.read(SPACE, 1, 0, 100, Order.FORWARD)) {
            for (int i = 0; i < 100; i++) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.value().mismatch(Fixtures.pattern(60_000 + i))).isEqualTo(-1);
            }
        }
        batches.forEach(WriteBatch::close);
        store.close();
        batches.forEach(WriteBatch::close);
    }

    @Test
    void allocatorThatIsNotHereIsRefused() {
        StoreOptions options =
                new StoreOptions(
                        directory.resolve("other"),
                        64L << 20,
                        Map.of(),
                        new AllocatorChoice("jemalloc", 1, Map.of()));
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> new RocksProvider().open(options))
                .withMessageContaining("no allocator named 'jemalloc': known are small_pool");
    }

    @Test
    void readOnlyStoreReadsAndIsCopiedAndRefusesWrites() {
        Fixtures.put(store, 1, 0, 10, 100);
        store.close();
        try (LocalStore readOnly = Fixtures.open(directory.resolve("store"), "read-only", "true")) {
            assertThat(Fixtures.positions(readOnly, 1, Order.FORWARD)).hasSize(10);
            try (WriteBatch batch = readOnly.newBatch()) {
                batch.put(SPACE, 1, 1, Fixtures.bytes("x"));
                assertThatExceptionOfType(StoreException.Invalid.class)
                        .isThrownBy(() -> readOnly.append(batch, Durability.WRITTEN));
            }
            readOnly.checkpoint(directory.resolve("copy"));
        }
        try (LocalStore copy = Fixtures.open(directory.resolve("copy"))) {
            assertThat(Fixtures.positions(copy, 1, Order.FORWARD)).hasSize(10);
        }
    }

    @Test
    void unsyncedAndUnloggedStoresKeepWhatWasFlushedOnClose() {
        for (String option : List.of("disable-wal", "disable-wal-fsync")) {
            Path other = directory.resolve(option);
            try (LocalStore loose = Fixtures.open(other, option, "true")) {
                Fixtures.put(loose, 1, 0, 10, 100);
                assertThat(loose.metrics().value(Metric.WAL_SYNCS)).isZero();
            }
            try (LocalStore again = Fixtures.open(other, option, "true")) {
                assertThat(Fixtures.positions(again, 1, Order.FORWARD)).hasSize(10);
            }
        }
    }

    @Test
    void everyVariantOfTheFormatsIsReadBack() {
        String[][] variants = {
            {"enable-blob-separation", "true", "blob-min-size", "1KiB"},
            {"disable-wal-compression", "false"},
            {"disable-l0-l1-compression", "true"},
            {"disable-statistics", "true"},
            {"statistics-level", "all", "log-level", "info"},
            {"wal-dir", directory.resolve("log").toString()}
        };
        for (int i = 0; i < variants.length; i++) {
            Path other = directory.resolve("variant" + i);
            try (LocalStore varied = Fixtures.open(other, variants[i])) {
                Fixtures.put(varied, 1, 0, 100, 5_000);
                varied.flush();
                Fixtures.put(varied, 1, 100, 100, 10);
                assertThat(Fixtures.positions(varied, 1, Order.FORWARD)).hasSize(200);
            }
            try (LocalStore varied = Fixtures.open(other, variants[i])) {
                varied.compact();
                assertThat(Fixtures.positions(varied, 1, Order.BACKWARD)).hasSize(200);
            }
        }
    }
}
