package cordwood.bench.workload;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.measure.ProcessFigures;
import cordwood.bench.measure.ProcessFigures.CpuTime;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import cordwood.store.ThreadEnd;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Prints a line per interval while a phase runs, and gathers the latencies of the whole phase.
 *
 * <p>One platform thread wakes per interval; between, it costs the clients nothing.
 */
final class ProgressReporter implements AutoCloseable {

    private static final String HEADER =
            "%9s %12s %10s %9s %9s %9s %6s %8s %9s %9s"
                    .formatted(
                            "ELAPSED",
                            "RECORDS/S",
                            "MB/S",
                            "P50 us",
                            "P99 us",
                            "P999 us",
                            "CPU %",
                            "STALL s",
                            "RSS MB",
                            "OFFHEAP");

    private final Workload workload;
    private final Duration interval;
    private final Consumer<String> lines;
    private final Histogram total = new Histogram(LatencyRecorder.DIGITS);
    private final Histogram intervalLatencies = new Histogram(LatencyRecorder.DIGITS);
    private final long begunNanos;
    private final Thread thread;

    // guarded by this
    private boolean closed;

    // confined to the reporting thread
    private long lastNanos;
    private Tally lastTally;
    private CpuTime lastCpu;
    private long lastStallNanos;

    /**
     * Starts reporting.
     *
     * @param begunNanos when the phase begins, on {@link System#nanoTime()}
     */
    ProgressReporter(
            Workload workload, Duration interval, Consumer<String> lines, long begunNanos) {
        this.workload = workload;
        this.interval = interval;
        this.lines = lines;
        this.begunNanos = begunNanos;
        this.lastNanos = begunNanos;
        this.lastTally = workload.tally();
        this.lastCpu = ProcessFigures.cpuTime();
        this.lastStallNanos = workload.metrics().value(Metric.STALL_NANOS);
        this.thread = Thread.ofPlatform().daemon().name("bench-report").unstarted(this::report);
        lines.accept(HEADER);
        thread.start();
    }

    /** Forgets what the clients have recorded so far. */
    static void discard(Workload workload) {
        LatencyRecorder.collect(workload.latencies(), new Histogram(LatencyRecorder.DIGITS));
    }

    private void report() {
        long dueNanos = begunNanos + interval.toNanos();
        while (sleepUntil(dueNanos)) {
            printInterval();
            dueNanos += interval.toNanos();
        }
    }

    private synchronized boolean sleepUntil(long dueNanos) {
        while (!closed) {
            long leftNanos = dueNanos - System.nanoTime();
            if (leftNanos <= 0) {
                return true;
            }
            try {
                wait(leftNanos / 1_000_000, (int) (leftNanos % 1_000_000));
            } catch (InterruptedException _) {
                return false;
            }
        }
        return false;
    }

    private void printInterval() {
        intervalLatencies.reset();
        LatencyRecorder.collect(workload.latencies(), intervalLatencies);
        total.add(intervalLatencies);
        long nowNanos = System.nanoTime();
        double seconds = (nowNanos - lastNanos) / 1e9;
        Tally tally = workload.tally();
        Tally delta = tally.since(lastTally);
        CpuTime cpu = ProcessFigures.cpuTime();
        StoreMetrics metrics = workload.metrics();
        long stallNanos = metrics.value(Metric.STALL_NANOS);
        lines.accept(
                String.format(
                        Locale.ROOT,
                        "%8.1fs %,12.0f %10.1f %9.1f %9.1f %9.1f %6.0f %8.2f %9.0f %9.0f",
                        (nowNanos - begunNanos) / 1e9,
                        delta.recordCount() / seconds,
                        delta.bodyBytes() / seconds / 1e6,
                        intervalLatencies.getValueAtPercentile(50) / 1e3,
                        intervalLatencies.getValueAtPercentile(99) / 1e3,
                        intervalLatencies.getValueAtPercentile(99.9) / 1e3,
                        cpu.since(lastCpu).totalSeconds() / seconds * 100,
                        (stallNanos - lastStallNanos) / 1e9,
                        ProcessFigures.residence().residentBytes() / 1e6,
                        metrics.value(Metric.OFF_HEAP_BYTES) / 1e6));
        lastNanos = nowNanos;
        lastTally = tally;
        lastCpu = cpu;
        lastStallNanos = stallNanos;
    }

    /** Every latency of the phase; complete once closed. */
    Histogram total() {
        return total;
    }

    /** Ends reporting and gathers what the last interval left. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        ThreadEnd.await(thread);
        LatencyRecorder.collect(workload.latencies(), total);
    }
}
