package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StoreOptions;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A stream that is in very many tables. */
final class ManyTablesTest {

    private static final int TABLES = 400;

    private static StoreUnderTest open() {
        CrashingDisk disk = new CrashingDisk(1);
        StoreOptions options =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)));
    }

    @Test
    void readingItTakesNoMoreMemoryThanAFewTablesDo() {
        try (StoreUnderTest store = open()) {
            for (int i = 0; i < TABLES; i++) {
                store.putEach(1, i);
                ((LsmStore) store.store()).flush();
            }
            List<Long> all = LongStream.range(0, TABLES).boxed().toList();

            assertThat(store.positions(1)).isEqualTo(all);
            assertThat(store.positions(1, Long.MIN_VALUE, Long.MAX_VALUE, Order.BACKWARD))
                    .isEqualTo(all.reversed());
            try (Cursor tail =
                    store.store()
                            .read(StoreUnderTest.SPACE, 1, TABLES - 1, TABLES, Order.FORWARD)) {
                assertThat(tail.next()).isTrue();
                assertThat(tail.position()).isEqualTo(TABLES - 1);
            }
        }
    }
}
