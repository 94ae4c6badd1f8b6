package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.MemoryRefused;
import cordwood.memory.pool.CellPool;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the entries of a batch take, in cells and beside them. */
class EncodedEntriesTest {

    private static final int LARGE_BYTES = 60_000;
    private static final int SMALL_BYTES_MAX = 2_000;

    private final RocksOptions options = RocksOptions.of(StoreOptions.in(Path.of("unused")));
    private final Cells cells = Cells.open(options.sizes().cellBytes(), options.allocator());
    private final CellPool pool = cells.pool();
    private final EncodedEntries entries = new EncodedEntries(pool);

    @AfterEach
    void close() {
        entries.free();
        cells.close();
    }

    private void add(int valueBytes) {
        entries.putAttribute(1, 1, 1, 1, Fixtures.pattern(valueBytes));
    }

    private void takeAllCells() {
        try {
            while (true) {
                pool.allocate(1 << 16);
            }
        } catch (MemoryRefused full) {
            // as intended
        }
    }

    @Test
    void theNextOnesGetACellThatWouldHaveHeldTheLastOnes() {
        add(LARGE_BYTES);
        entries.free();
        assertThat(entries.memoryBytes()).isZero();
        add(1);
        assertThat(entries.memoryBytes()).isGreaterThan(LARGE_BYTES);
    }

    @Test
    void onTheHeapSmallOnesTakeLittleWhateverTheLastOnesWere() {
        add(LARGE_BYTES);
        entries.free();
        takeAllCells();
        add(1);
        assertThat(entries.memoryBytes()).isLessThan(SMALL_BYTES_MAX);
    }
}
