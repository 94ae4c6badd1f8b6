package cordwood.bench.write;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.DiskFloor;
import cordwood.bench.payload.PayloadSummary;
import cordwood.bench.run.ConfigCodec;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.RunSections;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;

/** Puts what a run of {@code write-throughput} observed into an element of {@code runs}. */
final class RunReport {

    private RunReport() {}

    /**
     * One run.
     *
     * @param allocatesCells whether the run used the allocator that was chosen
     */
    static JsonObject of(WriteThroughputConfig config, MeasuredRun run, boolean allocatesCells) {
        JsonObject json =
                RunSections.identity(
                        config,
                        allocatesCells,
                        RunSections.shown(config.durability(), run.measured()).name(),
                        config(config, run));
        return RunSections.work(json, run.measured(), new JsonObject())
                .put("io", io(run))
                .put("engine", RunSections.engine(run.measured().before(), run.flushed()));
    }

    private static JsonObject config(WriteThroughputConfig config, MeasuredRun run) {
        PayloadSummary payload = run.payload();
        return config.toJson()
                .put("payload_size", payload.bodyBytesMean())
                .put("entropy", payload.entropy())
                .put("key_style", ConfigCodec.name(payload.keyStyle()))
                .put("seed", payload.seed())
                .put("warmup_written_records", run.warm().recordCount())
                .put("payload_batches", payload.batchCount())
                .put("payload_checksum", payload.bodyChecksum())
                .put("payload_note", payload.note())
                .put("continued_at", run.firstTail() > 1 ? run.firstTail() : null);
    }

    /** From the first measured submit to the end of the final flush. */
    private static JsonObject io(MeasuredRun run) {
        StoreMetrics from = run.measured().before();
        StoreMetrics to = run.flushed();
        boolean tellsBytes = to.reports(Metric.FILE_BYTES);
        long fileBytes = to.value(Metric.FILE_BYTES) - from.value(Metric.FILE_BYTES);
        long preparedBytes = to.value(Metric.PREPARED_BYTES) - from.value(Metric.PREPARED_BYTES);
        double payloadBytes = run.measured().tally().bodyBytes();
        double storedBytes = payloadBytes + run.warm().bodyBytes();
        boolean fresh = run.firstTail() == 1;
        DiskFloor floor = run.floor();
        return RunSections.io(from, to)
                .put("kernel_bytes", run.kernelBytes())
                .put(
                        "write_amplification",
                        tellsBytes ? (fileBytes + preparedBytes) / payloadBytes : null)
                .put("steady_write_amplification", tellsBytes ? fileBytes / payloadBytes : null)
                .put("space_amplification", fresh ? run.directoryBytes() / storedBytes : null)
                .put("floor_write_mb_per_second", floor == null ? null : floor.writeMbPerSecond())
                .put("floor_sync_us", floor == null ? null : floor.syncMicros());
    }
}
