package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a short read touches where there are many tables. */
final class NarrowReadTest {

    private static final int TABLES = 40;
    private static final int RECORDS = 10; // of a stream in a table
    private static final long LAST = TABLES * RECORDS - 1;
    private static final int STREAMS = 5;

    private static StoreUnderTest open() {
        StoreOptions options =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        CrashingDisk disk = new CrashingDisk(1);
        HeldCompactions compactions = new HeldCompactions();
        return new StoreUnderTest(() -> LsmStore.open(options, compactions.on(disk)));
    }

    private static void fill(StoreUnderTest store, int streams) {
        for (int table = 0; table < TABLES; table++) {
            for (int stream = 0; stream < streams; stream++) {
                long first = (long) table * RECORDS;
                store.putEach(stream, LongStream.range(first, first + RECORDS).toArray());
            }
            ((LocalStore) store.store()).flush();
        }
        for (int stream = 0; stream < streams; stream++) {
            store.positions(stream); // directories are in memory after that
        }
    }

    private static long lookups(StoreUnderTest store) {
        StoreMetrics metrics = store.store().metrics();
        return metrics.value(Metric.BLOCK_CACHE_HITS) + metrics.value(Metric.BLOCK_CACHE_MISSES);
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void ofAStreamAloneItLooksIntoTheTableThatHasTheRange() {
        try (StoreUnderTest store = open()) {
            fill(store, 1);
            long before = lookups(store);

            assertThat(store.positions(0, 201, 208, Order.FORWARD)).isEqualTo(range(201, 208));
            assertThat(lookups(store) - before).isEqualTo(1);
            assertThat(store.positions(0, 201, 208, Order.BACKWARD))
                    .isEqualTo(range(201, 208).reversed());
            assertThat(lookups(store) - before).isEqualTo(2);
            assertThat(store.positions(0, LAST + 1, LAST + 5, Order.FORWARD)).isEmpty();
            assertThat(lookups(store) - before).isEqualTo(2);
            assertThat(store.store().bounds(StoreUnderTest.SPACE, 0))
                    .isEqualTo(new StreamBounds(0, LAST, StreamBounds.NEVER_TRIMMED));
            assertThat(lookups(store) - before).isEqualTo(4);
        }
    }

    @Test
    void ofAStreamAmongOthersItLooksIntoEachTableOnce() {
        try (StoreUnderTest store = open()) {
            fill(store, STREAMS);
            long before = lookups(store);

            assertThat(store.positions(2, 201, 208, Order.FORWARD)).isEqualTo(range(201, 208));
            assertThat(lookups(store) - before).isLessThanOrEqualTo(TABLES);
            assertThat(store.store().metrics().value(Metric.TABLE_READER_BYTES)).isPositive();
        }
    }
}
