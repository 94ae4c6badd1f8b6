package cordwood.bench.workload;

import cordwood.bench.run.RunControl;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import java.util.concurrent.locks.LockSupport;

/** Waits for compactions that writing has brought about, so that their bytes count, too. */
public final class FinishedWork {

    private static final long POLL_NANOS = 20_000_000;

    /** Half a minute without a byte: automatic compactions are switched off, or fail. */
    private static final int IDLE_POLLS_MAX = 1_500;

    private FinishedWork() {}

    /**
     * Returns when the engine owes no compaction, when it does not go on with those that it owes,
     * or when the run is stopped; what is left is a figure of the result.
     */
    public static void await(Workload workload, RunControl control) {
        long lastBytes = -1;
        int idlePolls = 0;
        StoreMetrics metrics = workload.metrics();
        while (debtBytes(metrics) > 0 && idlePolls < IDLE_POLLS_MAX && !control.isStopped()) {
            LockSupport.parkNanos(POLL_NANOS);
            metrics = workload.metrics();
            long bytes = metrics.value(Metric.COMPACTION_WRITE_BYTES);
            idlePolls = bytes == lastBytes ? idlePolls + 1 : 0;
            lastBytes = bytes;
        }
    }

    /** What compactions should rewrite; 0 where the engine has none. */
    static long debtBytes(StoreMetrics metrics) {
        return metrics.value(Metric.PENDING_COMPACTION_BYTES);
    }
}
