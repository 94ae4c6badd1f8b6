package cordwood.bench.write;

import cordwood.bench.measure.DiskFloor;
import cordwood.bench.payload.PayloadSummary;
import cordwood.bench.workload.Measurement;
import cordwood.bench.workload.Tally;
import cordwood.store.StoreMetrics;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run of {@code write-throughput} observed, before it is put into words.
 *
 * @param payload what was written
 * @param floor the disk alone, or null where it was not measured
 * @param firstTail the highest tail found when the store was opened
 * @param measured the measured phase
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
        Measurement measured,
        StoreMetrics flushed,
        Tally warm,
        @Nullable Long kernelBytes,
        long directoryBytes) {}
