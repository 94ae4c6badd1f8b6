package cordwood.bench.run;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.loglet.LogletOptions;
import cordwood.loglet.LogletServer;
import cordwood.store.LocalStore;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;
import java.util.List;

/** Loglets on a store, written by as many clients at once. Owns the store. */
final class LogletTarget implements WriteTarget {

    private static final long IN_FLIGHT_BYTES_MIN = 64L << 20;

    private final StreamStore store;
    private final LogletServer server;
    private final ClientGroup clients;
    private final RunControl control;

    LogletTarget(
            StreamStore store, WriteThroughputConfig config, PayloadPool pool, RunControl control) {
        long slots = (long) config.logletCount() * config.inFlight();
        long inFlightBytes = 2 * slots * pool.batchHeapBytesMax();
        LogletOptions options =
                LogletOptions.DEFAULTS
                        .withDurability(config.durability())
                        .withInFlightBytesMax(Math.max(IN_FLIGHT_BYTES_MIN, inFlightBytes));
        this.store = store;
        this.control = control;
        this.server = LogletServer.open(store, options);
        boolean ready = false;
        try {
            this.clients = new ClientGroup(server, config, pool, control);
            ready = true;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    @Override
    public long firstTail() {
        return clients.firstTail();
    }

    @Override
    public void writeRecords(long count) {
        clients.writeRecords(count);
    }

    @Override
    public void writeUntil(long deadlineNanos) {
        clients.writeUntil(deadlineNanos);
    }

    @Override
    public List<LatencyRecorder> latencies() {
        return clients.latencies();
    }

    @Override
    public Written written() {
        return clients.written();
    }

    @Override
    public StoreMetrics metrics() {
        return store.metrics();
    }

    @Override
    public void flush() {
        if (store instanceof LocalStore local && control.failure() == null) {
            local.flush();
        }
    }

    @Override
    public void compact() {
        if (store instanceof LocalStore local && control.failure() == null) {
            local.compact();
        }
    }

    @Override
    public String statistics() {
        return store.statistics();
    }

    @Override
    public void close() {
        try (store;
                server) {
            // in this order: the server first
        }
    }
}
