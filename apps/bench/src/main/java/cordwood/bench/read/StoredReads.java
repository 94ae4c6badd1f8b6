package cordwood.bench.read;

import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Together;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Reads of what a store holds. */
final class StoredReads extends ReadWorkload {

    private final StreamStore store;
    private final RunControl control;
    private final List<Reader> readers = new ArrayList<>();
    private final AtomicLong turns = new AtomicLong();

    StoredReads(
            StreamStore store, ReadThroughputConfig config, Inventory held, RunControl control) {
        this.store = store;
        this.control = control;
        SplittableRandom places = new SplittableRandom(config.seed());
        for (int i = 0; i < config.readers(); i++) {
            readers.add(
                    config.kind() == ReadKind.SCAN
                            ? new ScanReader(store, held, control, config.order(), turns)
                            : new NarrowReader(store, held, control, config, places.split()));
        }
    }

    @Override
    void run(Phase phase) {
        turns.set(0);
        List<Runnable> shares = new ArrayList<>();
        for (int i = 0; i < readers.size(); i++) {
            Reader reader = readers.get(i);
            Phase share = phase.timed() ? phase : share(phase.recordCount(), i);
            shares.add(() -> reader.run(share));
        }
        Together.run(
                "reader", shares, Thread.ofPlatform().name("bench-reader-", 1).factory(), control);
    }

    private Phase share(long recordCount, int reader) {
        long even = recordCount / readers.size();
        return Phase.ofRecords(even + (reader < recordCount % readers.size() ? 1 : 0));
    }

    @Override
    List<Reader> readers() {
        return readers;
    }

    @Override
    public StoreMetrics metrics() {
        return store.metrics();
    }

    @Override
    String statistics() {
        return store.statistics();
    }

    @Override
    public void close() {
        store.close();
    }
}
