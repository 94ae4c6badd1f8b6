package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.Cursor;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of many records, one behind the other, from tables that the cache has no room for. */
@ExtendWith(SeedExtension.class)
final class ScanTest {

    private static final int VALUE_BYTES = 500;
    private static final int RECORDS = 9_000; // 4.5 MB in 140 blocks
    private static final int BLOCKS = 130;
    private static final int LONG_VALUE_BYTES = 300_000;
    private static final long QUIET = 1;
    private static final long LONG = 2;

    private final CountedReads disk = new CountedReads(new CrashingDisk(1));

    private static final class CountedReads extends InterposedDisk {
        private final AtomicInteger reads = new AtomicInteger();

        CountedReads(Disk under) {
            super(under);
        }

        @Override
        protected int onRead(DiskCall call, DiskFile file, ByteBuffer target) {
            if (call.fileName().endsWith(".table")) {
                reads.incrementAndGet();
            }
            return super.onRead(call, file, target);
        }
    }

    private StoreUnderTest open(String... keysAndValues) {
        List<String> options = new ArrayList<>(List.of(keysAndValues));
        options.addAll(List.of("block-cache-size", "1MiB"));
        StoreOptions all =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        options.toArray(String[]::new));
        return new StoreUnderTest(() -> LsmStore.open(all, LsmEnvironment.on(disk)));
    }

    private static void flush(StoreUnderTest store) {
        ((LocalStore) store.store()).flush();
    }

    private static MemorySegment value(long position, int bytes, boolean isCompressible) {
        return isCompressible
                ? Bytes.of((position + " and so on ").repeat(bytes / 16))
                : Bytes.random(position, bytes);
    }

    private static void fill(StoreUnderTest store, int records, int bytes, boolean isCompressible) {
        int batchRecords = Math.max(1, 50_000 / bytes);
        for (int from = 0; from < records; from += batchRecords) {
            int first = from;
            int end = Math.min(records, from + batchRecords);
            store.write(batch -> {
                for (long position = first; position < end; position++) {
                    batch.put(
                            StoreUnderTest.SPACE,
                            LONG,
                            position,
                            value(position, bytes, isCompressible));
                }
            });
        }
        flush(store);
    }

    private static void requireAll(
            StoreUnderTest store, int records, int bytes, boolean isCompressible, Order order) {
        try (Cursor cursor =
                store.store()
                        .read(StoreUnderTest.SPACE, LONG, Long.MIN_VALUE, Long.MAX_VALUE, order)) {
            for (int i = 0; i < records; i++) {
                long position = order == Order.FORWARD ? i : records - 1 - i;
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.position()).isEqualTo(position);
                assertThat(cursor.value().mismatch(value(position, bytes, isCompressible)))
                        .isEqualTo(-1);
            }
            assertThat(cursor.next()).isFalse();
        }
    }

    private static long figure(StoreUnderTest store, Metric metric) {
        StoreMetrics metrics = store.store().metrics();
        return metrics.value(metric);
    }

    @Test
    void severalBlocksAreReadWithOneReadInEitherOrder() {
        try (StoreUnderTest store = open()) {
            fill(store, RECORDS, VALUE_BYTES, false);
            requireAll(store, RECORDS, VALUE_BYTES, false, Order.FORWARD); // which fills the cache
            for (Order order : Order.values()) {
                int before = disk.reads.get();

                requireAll(store, RECORDS, VALUE_BYTES, false, order);

                assertThat(disk.reads.get() - before).isBetween(1, BLOCKS / 3);
            }
        }
    }

    @Test
    void whatOthersReadAgainAndAgainStaysInTheCache() {
        try (StoreUnderTest store = open()) {
            store.putEach(QUIET, 1, 2, 3);
            flush(store);
            fill(store, RECORDS, VALUE_BYTES, false);
            for (int i = 0; i < 3; i++) {
                requireAll(store, RECORDS, VALUE_BYTES, false, Order.FORWARD);
                assertThat(store.positions(QUIET)).hasSize(3);
                assertThat(store.positions(QUIET)).hasSize(3);
            }
            requireAll(store, RECORDS, VALUE_BYTES, false, Order.BACKWARD);
            long before = figure(store, Metric.BLOCK_CACHE_MISSES);

            assertThat(store.positions(QUIET)).hasSize(3);

            assertThat(figure(store, Metric.BLOCK_CACHE_MISSES)).isEqualTo(before);
        }
    }

    @Test
    void compressedBlocksAreReadAheadAsWell() {
        try (StoreUnderTest store = open()) {
            fill(store, RECORDS, VALUE_BYTES, true);
            requireAll(store, RECORDS, VALUE_BYTES, true, Order.FORWARD);
            for (Order order : Order.values()) {
                int before = disk.reads.get();
                requireAll(store, RECORDS, VALUE_BYTES, true, order);
                assertThat(disk.reads.get() - before).isLessThan(BLOCKS / 3);
            }
        }
    }

    @Test
    void longValuesAreReadOneByOne() {
        try (StoreUnderTest store = open()) {
            fill(store, 30, LONG_VALUE_BYTES, false);
            requireAll(store, 30, LONG_VALUE_BYTES, false, Order.FORWARD);
            requireAll(store, 30, LONG_VALUE_BYTES, false, Order.BACKWARD);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, RECORDS})
    void aLongValueAmongShortOnesIsReadAsItWasWritten(int recordsInCache) {
        try (StoreUnderTest store = open()) {
            if (recordsInCache > 0) {
                fill(store, recordsInCache, VALUE_BYTES, false);
                requireAll(store, recordsInCache, VALUE_BYTES, false, Order.FORWARD);
            }
            int records = 2_001;
            IntUnaryOperator bytes = i -> i == records / 2 ? LONG_VALUE_BYTES : VALUE_BYTES;
            for (int from = 0; from < records; from += 100) {
                int first = from;
                int end = Math.min(records, from + 100);
                store.write(batch -> {
                    for (int i = first; i < end; i++) {
                        batch.put(
                                StoreUnderTest.SPACE,
                                QUIET,
                                i,
                                value(i, bytes.applyAsInt(i), false));
                    }
                });
            }
            flush(store);
            for (Order order : Order.values()) {
                try (Cursor cursor =
                        store.store().read(StoreUnderTest.SPACE, QUIET, 0, records, order)) {
                    for (int i = 0; i < records; i++) {
                        int position = order == Order.FORWARD ? i : records - 1 - i;
                        assertThat(cursor.next()).isTrue();
                        assertThat(cursor.position()).isEqualTo(position);
                        MemorySegment put = value(position, bytes.applyAsInt(position), false);
                        assertThat(cursor.value().mismatch(put))
                                .as("at %d", position)
                                .isEqualTo(-1);
                    }
                    assertThat(cursor.next()).isFalse();
                }
            }
        }
    }

    @Test
    void valuesOfAnySizeAreReadAsTheyWereWrittenWhileOthersReadToo(Seed seed) {
        SplittableRandom random = seed.random();
        try (StoreUnderTest store = open("block-size", "4KiB", "memtable-size", "512KiB")) {
            int records = 20_000;
            int[] sizes = new int[records];
            for (int from = 0; from < records; from += 1_000) {
                int first = from;
                for (int i = from; i < from + 1_000; i++) {
                    sizes[i] =
                            random.nextInt(100) == 0 ? random.nextInt(20_000) : random.nextInt(200);
                }
                store.write(batch -> {
                    for (int i = first; i < first + 1_000; i++) {
                        batch.put(
                                StoreUnderTest.SPACE,
                                LONG + i % 2,
                                i,
                                value(i, sizes[i], i / 500 % 2 == 0));
                    }
                });
            }
            flush(store);
            List<Cursor> cursors = new ArrayList<>();
            List<long[]> next = new ArrayList<>(); // position, step
            for (int i = 0; i < 6; i++) {
                boolean rising = i % 2 == 0;
                long odd = i / 2 % 2;
                cursors.add(
                        store.store()
                                .read(
                                        StoreUnderTest.SPACE,
                                        LONG + odd,
                                        0,
                                        records,
                                        rising ? Order.FORWARD : Order.BACKWARD));
                next.add(new long[] {rising ? odd : records - 2 + odd, rising ? 2 : -2});
            }
            while (!cursors.isEmpty()) {
                int chosen = random.nextInt(cursors.size());
                Cursor cursor = cursors.get(chosen);
                long[] due = next.get(chosen);
                for (int i = random.nextInt(900); i > 0; i--) {
                    boolean isThere = due[0] >= 0 && due[0] < records;
                    assertThat(cursor.next()).isEqualTo(isThere);
                    if (!isThere) {
                        cursors.remove(chosen).close();
                        next.remove(chosen);
                        break;
                    }
                    int at = (int) due[0];
                    assertThat(cursor.position()).isEqualTo(at);
                    assertThat(cursor.value().mismatch(value(at, sizes[at], at / 500 % 2 == 0)))
                            .isEqualTo(-1);
                    due[0] += due[1];
                }
            }
        }
    }

    @Test
    void manyScansThatRestHoldLittleMoreThanOthers() {
        int scans = 60;
        try (StoreUnderTest store = open()) {
            fill(store, RECORDS, VALUE_BYTES, false);
            List<Cursor> cursors = new ArrayList<>();
            for (int i = 0; i < scans; i++) {
                Cursor cursor =
                        store.store()
                                .read(
                                        StoreUnderTest.SPACE,
                                        LONG,
                                        Long.MIN_VALUE,
                                        Long.MAX_VALUE,
                                        Order.FORWARD);
                for (int moved = 0; moved < 1_000; moved++) {
                    assertThat(cursor.next()).isTrue();
                }
                cursors.add(cursor);
            }
            long bytes =
                    store.store().metrics().engine().getOrDefault("off_heap_cursors_bytes", -1L);
            assertThat(bytes)
                    .isLessThan(scans * (64L << 10) + StoreOptions.MEMORY_BUDGET_BYTES_MIN / 16);
            requireAll(store, RECORDS, VALUE_BYTES, false, Order.FORWARD);
            cursors.forEach(Cursor::close);
        }
    }
}
