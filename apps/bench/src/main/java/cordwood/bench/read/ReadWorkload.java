package cordwood.bench.read;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Tally;
import cordwood.bench.workload.Workload;
import java.util.List;

/** Readers of a store, which it owns. Phases are run one at a time, by one thread. */
abstract class ReadWorkload implements Workload, AutoCloseable {

    /** Reads a phase, and waits for all readers. */
    abstract void run(Phase phase);

    abstract List<? extends Reader> readers();

    /** Latencies of what was done besides reading in the last phase, by name. */
    JsonObject operations() {
        return new JsonObject();
    }

    /** The engine's own statistics, possibly empty. */
    abstract String statistics();

    @Override
    public final List<LatencyRecorder> latencies() {
        return readers().stream().map(Reader::latencies).toList();
    }

    @Override
    public final Tally tally() {
        return readers().stream().map(Reader::tally).reduce(Tally.NONE, Tally::plus);
    }

    @Override
    public abstract void close();
}
