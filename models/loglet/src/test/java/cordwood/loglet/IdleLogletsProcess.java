package cordwood.loglet;

import cordwood.lsm.LsmProvider;
import cordwood.rocksdb.RocksProvider;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The process of {@link IdleLogletsTest}: stores one record in each of many loglets, and tells what
 * one takes while nothing happens, heap and off-heap, over a store without any.
 */
final class IdleLogletsProcess {

    private static final int COLLECTIONS = 4;
    private static final int UNANSWERED_MAX = 100;
    private static final int RECORDS_AT_FIRST = 4_000;
    private static final int BODY_BYTES = 16 << 10;

    private static final LogletOptions OPTIONS =
            LogletOptions.DEFAULTS.withDurability(Durability.WRITTEN);

    private IdleLogletsProcess() {}

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) {
        StoreProvider provider =
                arguments[0].equals("lsm") ? new LsmProvider() : new RocksProvider();
        Path directory = Path.of(arguments[1]);
        int loglets = Integer.parseInt(arguments[2]);
        StoreOptions small =
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of());
        try (StreamStore store = provider.open(small);
                LogletServer server = LogletServer.open(store, OPTIONS)) {
            fillMemory(server, 1); // what the store takes is not each loglet's
            long before = usedBytes(store);
            storeInEach(server, 2, loglets + 1);
            System.out.println((usedBytes(store) - before) / loglets);
        }
    }

    private static void fillMemory(LogletServer server, int id) {
        for (int i = 0; i < RECORDS_AT_FIRST; i++) {
            requireStored(
                    store(
                            server,
                            id,
                            1 + i,
                            List.of(
                                    new LogRecord(
                                            0, Keys.NONE, LogletFixture.bodyOf(BODY_BYTES)))));
        }
    }

    private static LogletFixture.Asked store(
            LogletServer server, int id, long first, List<LogRecord> records) {
        LogletFixture.Asked store = new LogletFixture.Asked();
        server.worker(id)
                .submit(LogletFixture.SEQUENCER, LogletFixture.store(id, first, records), store);
        return store;
    }

    private static void storeInEach(LogletServer server, int first, int last) {
        List<LogletFixture.Asked> asked = new ArrayList<>();
        for (int id = first; id <= last; id++) {
            asked.add(store(server, id, 1, LogletFixture.records(1, 1)));
            if (asked.size() == UNANSWERED_MAX || id == last) {
                asked.forEach(IdleLogletsProcess::requireStored);
                asked.clear();
            }
        }
    }

    private static void requireStored(LogletFixture.Asked store) {
        if (store.status() != Status.OK) {
            throw new AssertionError(store.header().toString());
        }
    }

    private static long usedBytes(StreamStore store) {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + store.metrics().value(Metric.OFF_HEAP_BYTES);
    }
}
