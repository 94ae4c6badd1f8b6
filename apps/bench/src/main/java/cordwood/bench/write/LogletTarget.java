package cordwood.bench.write;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.StoreNote;
import cordwood.bench.workload.Tally;
import cordwood.loglet.LogletOptions;
import cordwood.loglet.LogletServer;
import cordwood.store.StreamStore;
import java.util.List;

/** Loglets on a store, written by as many clients at once. */
final class LogletTarget extends StoreTarget {

    private static final long IN_FLIGHT_BYTES_MIN = 64L << 20;

    private final LogletServer server;
    private final ClientGroup clients;

    LogletTarget(
            StreamStore store,
            WriteThroughputConfig config,
            StoreNote note,
            PayloadPool pool,
            RunControl control) {
        super(store, note, config, control);
        long slots = (long) config.logletCount() * config.inFlight();
        long inFlightBytes = 2 * slots * pool.batchHeapBytesMax();
        LogletOptions options =
                LogletOptions.DEFAULTS
                        .withDurability(config.durability())
                        .withInFlightBytesMax(Math.max(IN_FLIGHT_BYTES_MIN, inFlightBytes));
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
    public Tally tally() {
        return clients.tally();
    }

    @Override
    void endWriting() {
        server.close();
    }
}
