package cordwood.loglet;

import cordwood.lsm.LsmProvider;
import cordwood.rocksdb.RocksProvider;
import cordwood.store.Metric;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process of {@link IdleLogletsTest}: stores one record in each of many loglets, and tells what
 * one takes while nothing happens, heap and off-heap, over a store without any.
 */
final class IdleLogletsProcess {

    private static final int COLLECTIONS = 4;
    private static final int UNANSWERED_MAX = 100;

    private IdleLogletsProcess() {}

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) {
        StoreProvider provider =
                arguments[0].equals("lsm") ? new LsmProvider() : new RocksProvider();
        Path directory = Path.of(arguments[1]);
        int loglets = Integer.parseInt(arguments[2]);
        try (StreamStore store = provider.open(StoreOptions.in(directory));
                LogletServer server = LogletServer.open(store, LogletOptions.DEFAULTS)) {
            storeInEach(server, 1, 1); // what the first takes is not each one's
            long before = usedBytes(store);
            storeInEach(server, 2, loglets + 1);
            System.out.println((usedBytes(store) - before) / loglets);
        }
    }

    private static void storeInEach(LogletServer server, int first, int last) {
        List<LogletFixture.Asked> asked = new ArrayList<>();
        for (int id = first; id <= last; id++) {
            LogletFixture.Asked store = new LogletFixture.Asked();
            server.worker(id)
                    .submit(
                            LogletFixture.SEQUENCER,
                            new Request.Store(
                                    RequestHeader.of(id),
                                    0,
                                    0,
                                    1,
                                    LogletFixture.SEQUENCER,
                                    LogletFixture.records(1, 1)),
                            store);
            asked.add(store);
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
