package cordwood.bench.workload;

import cordwood.bench.measure.JvmFigures;
import cordwood.bench.measure.ProcessFigures;
import cordwood.bench.measure.ProcessFigures.CpuTime;
import cordwood.bench.measure.ProcessFigures.Residence;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * What was observed while a workload ran.
 *
 * @param tally what was done
 * @param wallNanos from the first request to the last answer
 * @param latencies in nanoseconds
 * @param cpu processor time
 * @param jvm heap and buffers at the end, and the collections meanwhile
 * @param residence physical memory at the end
 * @param before the engine's figures at the beginning
 * @param after the engine's figures at the end
 */
public record Measurement(
        Tally tally,
        long wallNanos,
        Histogram latencies,
        CpuTime cpu,
        JvmFigures jvm,
        Residence residence,
        StoreMetrics before,
        StoreMetrics after) {

    /**
     * Observes a workload.
     *
     * @param interval how often a progress line appears
     * @param progress takes those lines
     * @param work runs it; is told when it began, on {@link System#nanoTime()}
     */
    public static Measurement of(
            Workload workload, Duration interval, Consumer<String> progress, LongConsumer work) {
        Tally earlier = workload.tally();
        ProgressReporter.discard(workload);
        JvmFigures jvmBefore = JvmFigures.now();
        StoreMetrics before = workload.metrics();
        CpuTime cpuBefore = ProcessFigures.cpuTime();
        long begunNanos = System.nanoTime();
        ProgressReporter reporter = new ProgressReporter(workload, interval, progress, begunNanos);
        long wallNanos;
        try (reporter) {
            work.accept(begunNanos);
            wallNanos = System.nanoTime() - begunNanos;
        }
        CpuTime cpu = ProcessFigures.cpuTime().since(cpuBefore);
        StoreMetrics after = workload.metrics();
        JvmFigures jvm = JvmFigures.now().since(jvmBefore);
        return new Measurement(
                workload.tally().since(earlier),
                wallNanos,
                reporter.total(),
                cpu,
                jvm,
                ProcessFigures.residence(),
                before,
                after);
    }

    /** What a counter rose by meanwhile. */
    public long risen(Metric metric) {
        return after.value(metric) - before.value(metric);
    }
}
