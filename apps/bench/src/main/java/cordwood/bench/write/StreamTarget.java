package cordwood.bench.write;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.StoreNote;
import cordwood.bench.workload.Tally;
import cordwood.store.StreamStore;
import java.util.List;

/** Streams of a store, written by the thread that runs the phase. */
final class StreamTarget extends StoreTarget {

    private final StreamClient client;

    StreamTarget(
            StreamStore store,
            WriteThroughputConfig config,
            StoreNote note,
            PayloadPool pool,
            RunControl control) {
        super(store, note, config, control);
        this.client = new StreamClient(store, config, pool, control);
    }

    @Override
    public long firstTail() {
        return client.firstTail();
    }

    @Override
    public void writeRecords(long count) {
        client.run(Phase.ofRecords(count));
    }

    @Override
    public void writeUntil(long deadlineNanos) {
        client.run(Phase.until(deadlineNanos));
    }

    @Override
    public List<LatencyRecorder> latencies() {
        return List.of(client.latencies());
    }

    @Override
    public Tally tally() {
        return client.tally();
    }

    @Override
    void endWriting() {
        client.close();
    }
}
