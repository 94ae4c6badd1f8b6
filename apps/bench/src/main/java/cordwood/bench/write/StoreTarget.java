package cordwood.bench.write;

import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.StoreNote;
import cordwood.store.LocalStore;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;

/** What is written through a store's contract. Owns the store, and keeps its note. */
public abstract class StoreTarget implements WriteTarget {

    private final StreamStore store;
    private final StoreLedger ledger;

    /** What ends the run. */
    final RunControl control;

    StoreTarget(
            StreamStore store, StoreNote note, WriteThroughputConfig config, RunControl control) {
        this.store = store;
        this.control = control;
        this.ledger = StoreLedger.begin(store, note, config);
    }

    /**
     * Loglets or streams, as the configuration says. Where it throws the store is the caller's.
     *
     * @param note what is noted of the records
     * @param pool where they come from
     */
    public static StoreTarget of(
            StreamStore store,
            WriteThroughputConfig config,
            StoreNote note,
            PayloadPool pool,
            RunControl control) {
        return config.pattern().isOfStreams()
                ? new StreamTarget(store, config, note, pool, control)
                : new LogletTarget(store, config, note, pool, control);
    }

    /** Ends what stands between the clients and the store. */
    abstract void endWriting();

    @Override
    public final StoreMetrics metrics() {
        return store.metrics();
    }

    @Override
    public final void flush() {
        if (store instanceof LocalStore local && control.failure() == null) {
            local.flush();
        }
    }

    @Override
    public final void compact() {
        if (store instanceof LocalStore local && control.failure() == null) {
            local.compact();
        }
    }

    @Override
    public final String statistics() {
        return store.statistics();
    }

    @Override
    public final void close() {
        try (store) {
            endWriting();
            ledger.end(tally().recordCount());
        }
    }
}
