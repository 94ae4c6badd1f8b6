package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.ScarceDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Streams that are in very many tables, in the smallest memory. */
final class ManyTablesTest {

    private static final int TABLES = FaultOpener.LONG ? 3_000 : 400;
    private static final int STREAMS = 20;
    private static final int FILES_MAX = 100;

    private final HeldCompactions compactions = new HeldCompactions();

    private StoreUnderTest open() {
        return open(new CrashingDisk(1));
    }

    private StoreUnderTest open(Disk disk) {
        StoreOptions options =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        return new StoreUnderTest(() -> LsmStore.open(options, compactions.on(disk)));
    }

    private static LocalStore local(StoreUnderTest store) {
        return (LocalStore) store.store();
    }

    /** One record of every stream in each table: all but one start in the middle of a block. */
    private static void fill(StoreUnderTest store) {
        for (int table = 0; table < TABLES; table++) {
            long position = table;
            store.write(batch -> {
                for (int stream = 0; stream < STREAMS; stream++) {
                    batch.put(StoreUnderTest.SPACE, stream, position, Bytes.of("x"));
                }
            });
            local(store).flush();
        }
    }

    private static List<Long> backward(StoreUnderTest store, long stream) {
        return store.positions(stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.BACKWARD);
    }

    @Test
    void readingThemTakesNoMoreMemoryThanAFewTablesDo() {
        try (StoreUnderTest store = open()) {
            fill(store);
            List<Long> all = LongStream.range(0, TABLES).boxed().toList();

            for (long stream : new long[] {0, STREAMS / 2, STREAMS - 1}) {
                assertThat(store.positions(stream)).isEqualTo(all);
                assertThat(backward(store, stream)).isEqualTo(all.reversed());
                assertThat(store.store().bounds(StoreUnderTest.SPACE, stream))
                        .isEqualTo(new StreamBounds(0, TABLES - 1, StreamBounds.NEVER_TRIMMED));
                assertThat(store.positions(stream, TABLES - 1, TABLES, Order.FORWARD))
                        .containsExactly(TABLES - 1L);
            }
            assertThat(store.streams(StoreUnderTest.SPACE)).hasSize(STREAMS);
        }
    }

    @Test
    void mergingThemTakesNoMoreMemoryThanAFewTablesDo() {
        try (StoreUnderTest store = open()) {
            fill(store);

            compactions.letGo();
            local(store).compact();

            assertThat(store.store().metrics().value(Metric.TABLES)).isEqualTo(1);
            store.put(3, TABLES, "goes on");
            assertThat(store.positions(3)).hasSize(TABLES + 1);
            store.reopen();
            compactions.letGo();
            local(store).compact();
            assertThat(store.positions(3)).hasSize(TABLES + 1);
        }
    }

    @Test
    void aBoundedNumberOfFilesIsOpenHoweverManyTablesThereAre() {
        ScarceDisk disk = new ScarceDisk(new CrashingDisk(1), FILES_MAX);
        try (StoreUnderTest store = open(disk)) {
            fill(store);

            assertThat(store.positions(3)).hasSize(TABLES);
            store.reopen();
            assertThat(store.positions(3)).hasSize(TABLES);
            compactions.letGo();
            local(store).compact();
            assertThat(store.positions(3)).hasSize(TABLES);
        }
        assertThat(disk.openCount()).isZero();
    }

    @Test
    void aReadWithoutADescriptorIsRefusedAndTheNextOneGoesWell() {
        ScarceDisk disk = new ScarceDisk(new CrashingDisk(1), FILES_MAX);
        try (StoreUnderTest store = open(disk)) {
            for (int table = 0; table < FILES_MAX; table++) {
                store.putEach(2, table);
                local(store).flush();
            }
            store.putEach(1, 1, 2, 3);
            local(store).flush();
            store.reopen();

            // its file may be open still: then nothing is refused
            Poll.until("a read is refused", () -> isRefusedWithoutADescriptor(disk, store));
            assertThat(store.positions(1)).containsExactly(1L, 2L, 3L);
        }
    }

    private static boolean isRefusedWithoutADescriptor(ScarceDisk disk, StoreUnderTest store) {
        assertThat(store.positions(2)).hasSize(FILES_MAX); // which takes the place of all others
        disk.allow(0);
        try {
            assertThat(store.positions(1)).containsExactly(1L, 2L, 3L);
            return false;
        } catch (StoreException.Busy _) {
            return true;
        } finally {
            disk.allow(FILES_MAX);
        }
    }

    @Test
    void tablesThatOverlapAreReadInOrderAndTheNewestOfARecordIsSeen() {
        int tables = 11;
        int records = 40;
        try (StoreUnderTest store = open()) {
            for (int table = 0; table < tables; table++) {
                String text = String.valueOf(table);
                long own = table;
                store.write(batch -> {
                    batch.put(StoreUnderTest.SPACE, 1, 0, Bytes.of("before it in the block"));
                    for (int i = 0; i < records; i++) {
                        long position = (long) i * 100;
                        batch.put(StoreUnderTest.SPACE, 2, position, Bytes.of(text));
                        batch.put(StoreUnderTest.SPACE, 2, position + 1 + own, Bytes.of(text));
                    }
                });
                local(store).flush();
            }
            List<Long> all =
                    IntStream.range(0, records)
                            .boxed()
                            .flatMap(i ->
                                    LongStream.rangeClosed(0, tables)
                                            .mapToObj(own -> i * 100L + own))
                            .toList();
            List<String> texts =
                    all.stream()
                            .map(position -> position % 100 == 0 ? tables - 1 : position % 100 - 1)
                            .map(String::valueOf)
                            .toList();

            assertThat(store.positions(2)).isEqualTo(all);
            assertThat(backward(store, 2)).isEqualTo(all.reversed());
            assertThat(store.texts(2)).isEqualTo(texts);
            compactions.letGo();
            local(store).compact();
            assertThat(store.texts(2)).isEqualTo(texts);
        }
    }
}
