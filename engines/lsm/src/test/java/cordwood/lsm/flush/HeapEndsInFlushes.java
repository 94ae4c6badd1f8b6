package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.LsmEnvironment;
import cordwood.lsm.LsmStore;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.wal.LiveSegments;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Poll;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.Threads;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The Java heap is full where a table is begun; see {@code ErrorsTest}. */
public final class HeapEndsInFlushes {

    private static volatile boolean full;
    private static volatile boolean fullForSteps;
    private static final AtomicInteger GIVEN_UP = new AtomicInteger();

    /** For JUnit. */
    public HeapEndsInFlushes() {}

    /** Finds no heap, while there is none. */
    @InsteadOf(TableStore.class)
    static TableWriter newWriter(
            TableStore tables, long number, TableWriter.Content content, MemorySegment room) {
        if (full) {
            throw new OutOfMemoryError("thrown by a test");
        }
        return tables.newWriter(number, content, room);
    }

    /** Finds no heap in the middle of a step, while there is none. */
    @InsteadOf(LiveSegments.class)
    public static List<Long> through(LiveSegments live, long sequence) {
        if (fullForSteps) {
            GIVEN_UP.incrementAndGet();
            throw new OutOfMemoryError("thrown by a test");
        }
        return live.through(sequence);
    }

    @Test
    void aStepThatIsGivenUpIsRunAgainAndWhoWaitsForItIsServed() throws Exception {
        CrashingDisk disk = new CrashingDisk(1);
        try (StoreUnderTest store = new StoreUnderTest(() -> open(disk));
                Threads threads = new Threads()) {
            store.put(1, 1, "one");
            fullForSteps = true;
            threads.start(() -> ((LocalStore) store.store()).flush());
            Poll.until("the step is given up", () -> GIVEN_UP.get() > 0);
            store.put(1, 2, "goes on meanwhile");
            fullForSteps = false;
        }
        try (StoreUnderTest store = new StoreUnderTest(() -> open(disk))) {
            assertThat(store.positions(1)).containsExactly(1L, 2L);
        }
    }

    private static LsmStore open(CrashingDisk disk) {
        StoreOptions options =
                new StoreOptions(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        Map.of());
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    @Test
    void flushesAndMergesAreRefusedAndGoOnOnceThereIsHeap() {
        CrashingDisk disk = new CrashingDisk(1);
        try (StoreUnderTest store = new StoreUnderTest(() -> open(disk))) {
            LocalStore local = (LocalStore) store.store();
            for (int row = 1; row <= 3; row++) {
                store.put(1, row, "row");
                full = true;
                assertThatThrownBy(local::flush).isInstanceOf(StoreException.Busy.class);
                store.put(2, row, "goes on meanwhile");
                full = false;
                local.flush();
            }
            full = true;
            assertThatThrownBy(local::compact).isInstanceOf(StoreException.Busy.class);
            full = false;
            local.compact();
            assertThat(local.metrics().value(Metric.TABLES)).isEqualTo(1);
            assertThat(store.positions(1)).containsExactly(1L, 2L, 3L);
            assertThat(store.positions(2)).containsExactly(1L, 2L, 3L);
        }
    }
}
