package cordwood.bench.run;

import cordwood.bench.measure.DiskFloor;
import cordwood.bench.measure.JvmFigures;
import cordwood.bench.measure.ProcessFigures.CpuTime;
import cordwood.bench.measure.ProcessFigures.Residence;
import cordwood.bench.payload.PayloadSummary;
import cordwood.store.StoreMetrics;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run observed, before it is put into words.
 *
 * @param payload what was written
 * @param floor the disk alone, or null where it was not measured
 * @param firstTail the highest loglet tail found when the store was opened
 * @param written what was acknowledged in the measured phase
 * @param wallNanos from the first submit to the last reply
 * @param latencies of the measured phase, in nanoseconds
 * @param cpu processor time of the measured phase
 * @param jvm heap and buffers at the end of the measured phase, and the collections in it
 * @param residence physical memory at the end of the measured phase
 * @param before the engine's figures when the measured phase began
 * @param after the engine's figures when it ended
 * @param flushed the engine's figures after a final flush and the compactions it brought about
 * @param warm what was acknowledged before, in the warm-up
 * @param kernelBytes what the kernel counts as written by this process from the start of the
 *     measured phase to the end of its compactions, or null
 * @param directoryBytes files of the store after the final flush
 */
record MeasuredRun(
        PayloadSummary payload,
        @Nullable DiskFloor floor,
        long firstTail,
        Written written,
        long wallNanos,
        Histogram latencies,
        CpuTime cpu,
        JvmFigures jvm,
        Residence residence,
        StoreMetrics before,
        StoreMetrics after,
        StoreMetrics flushed,
        Written warm,
        @Nullable Long kernelBytes,
        long directoryBytes) {}
