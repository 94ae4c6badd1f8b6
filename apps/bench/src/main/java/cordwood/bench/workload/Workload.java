package cordwood.bench.workload;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.store.StoreMetrics;
import java.util.List;

/** What a run has a store do, as far as it is watched; any thread may ask while it goes on. */
public interface Workload {

    /** What every client has recorded, for collecting. */
    List<LatencyRecorder> latencies();

    /** What was done so far. */
    Tally tally();

    /** The engine's figures. */
    StoreMetrics metrics();
}
