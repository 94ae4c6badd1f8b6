package cordwood.bench.run;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.DiskFloor;
import cordwood.bench.measure.LatencyForm;
import cordwood.bench.payload.PayloadSummary;
import cordwood.bench.report.ShownDurability;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import org.jspecify.annotations.Nullable;

/** Puts what a run observed into an element of {@code runs} of a result file. */
final class RunReport {

    private static final double NANOS_PER_SECOND = 1e9;

    private RunReport() {}

    /**
     * One run.
     *
     * @param allocatesCells whether the run used the allocator that was chosen
     */
    static JsonObject of(WriteThroughputConfig config, MeasuredRun run, boolean allocatesCells) {
        Written written = run.written();
        double wallSeconds = run.wallNanos() / NANOS_PER_SECOND;
        return new JsonObject()
                .put("store", config.label())
                .put("allocator", allocatesCells ? config.store().allocator().mode() : "engine")
                .put("durability", shown(config, run).name())
                .put("repeat", 1)
                .put("config", config(config, run))
                .put("records", written.recordCount())
                .put("batches", written.batchCount())
                .put("bytes", written.bodyBytes())
                .put("wall_seconds", wallSeconds)
                .put("records_per_second", written.recordCount() / wallSeconds)
                .put("batches_per_second", written.batchCount() / wallSeconds)
                .put("payload_mb_per_second", written.bodyBytes() / 1e6 / wallSeconds)
                .put("latency_us", LatencyForm.of(run.latencies()))
                .put("operations", new JsonObject())
                .put("cpu", cpu(run, wallSeconds))
                .put("memory", memory(run))
                .put("io", io(run))
                .put("engine", engine(run));
    }

    /** Up to the last reply: the final flush makes syncs that no acknowledgement waited for. */
    private static Durability shown(WriteThroughputConfig config, MeasuredRun run) {
        StoreMetrics after = run.after();
        boolean tellsGroups = after.reports(Metric.COMMIT_GROUPS);
        return ShownDurability.of(
                config.durability(),
                tellsGroups ? risen(run, Metric.COMMIT_GROUPS) : run.written().batchCount(),
                risen(run, Metric.WAL_BYTES),
                risen(run, Metric.WAL_SYNCS));
    }

    private static long risen(MeasuredRun run, Metric metric) {
        return run.after().value(metric) - run.before().value(metric);
    }

    private static JsonObject config(WriteThroughputConfig config, MeasuredRun run) {
        PayloadSummary payload = run.payload();
        return ConfigCodec.encode(config)
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

    private static JsonObject cpu(MeasuredRun run, double wallSeconds) {
        return new JsonObject()
                .put("user_seconds", run.cpu().userSeconds())
                .put("system_seconds", run.cpu().systemSeconds())
                .put("utilisation", run.cpu().totalSeconds() / wallSeconds)
                .put("collections", run.jvm().collections())
                .put("collection_seconds", run.jvm().collectionMillis() / 1e3);
    }

    private static JsonObject memory(MeasuredRun run) {
        StoreMetrics metrics = run.after();
        long engineBytes = metrics.value(Metric.OFF_HEAP_BYTES);
        long memtableBytes = metrics.value(Metric.MEMTABLE_BYTES);
        long cacheBytes = metrics.value(Metric.BLOCK_CACHE_BYTES);
        long readerBytes = metrics.value(Metric.TABLE_READER_BYTES);
        long otherBytes = Math.max(0, engineBytes - memtableBytes - cacheBytes - readerBytes);
        return new JsonObject()
                .put("rss_bytes", present(run.residence().residentBytes()))
                .put("rss_peak_bytes", present(run.residence().peakBytes()))
                .put("heap_used_bytes", run.jvm().heapUsedBytes())
                .put("heap_committed_bytes", run.jvm().heapCommittedBytes())
                .put("off_heap_bytes", engineBytes + run.jvm().directBufferBytes())
                .put(
                        "by_owner",
                        new JsonObject()
                                .put("memtables", memtableBytes)
                                .put("block_cache", cacheBytes)
                                .put("table_readers", readerBytes)
                                .put("engine_other", otherBytes)
                                .put("jvm_direct_buffers", run.jvm().directBufferBytes()));
    }

    private static @Nullable Long present(long bytes) {
        return bytes < 0 ? null : bytes;
    }

    private static JsonObject io(MeasuredRun run) {
        boolean tellsBytes = run.flushed().reports(Metric.FILE_BYTES);
        long fileBytes = delta(run, Metric.FILE_BYTES);
        long preparedBytes = delta(run, Metric.PREPARED_BYTES);
        double payloadBytes = run.written().bodyBytes();
        double storedBytes = payloadBytes + run.warm().bodyBytes();
        boolean fresh = run.firstTail() == 1;
        DiskFloor floor = run.floor();
        return new JsonObject()
                .put("file_bytes", tellsBytes ? fileBytes : null)
                .put("prepared_bytes", tellsBytes ? preparedBytes : null)
                .put("kernel_bytes", run.kernelBytes())
                .put("wal_bytes", delta(run, Metric.WAL_BYTES))
                .put("wal_syncs", delta(run, Metric.WAL_SYNCS))
                .put("flush_bytes", delta(run, Metric.FLUSH_BYTES))
                .put("compaction_read_bytes", delta(run, Metric.COMPACTION_READ_BYTES))
                .put("compaction_write_bytes", delta(run, Metric.COMPACTION_WRITE_BYTES))
                .put("debt_start_bytes", FinishedWork.debtBytes(run.before()))
                .put("debt_end_bytes", FinishedWork.debtBytes(run.flushed()))
                .put(
                        "write_amplification",
                        tellsBytes ? (fileBytes + preparedBytes) / payloadBytes : null)
                .put("steady_write_amplification", tellsBytes ? fileBytes / payloadBytes : null)
                .put("space_amplification", fresh ? run.directoryBytes() / storedBytes : null)
                .put("stall_seconds", delta(run, Metric.STALL_NANOS) / NANOS_PER_SECOND)
                .put("floor_write_mb_per_second", floor == null ? null : floor.writeMbPerSecond())
                .put("floor_sync_us", floor == null ? null : floor.syncMicros());
    }

    /** From the first measured submit to the end of the final flush. */
    private static long delta(MeasuredRun run, Metric metric) {
        return run.flushed().value(metric) - run.before().value(metric);
    }

    /** Everything the engine reports: counters as deltas, levels as they were after the flush. */
    private static JsonObject engine(MeasuredRun run) {
        JsonObject json = new JsonObject();
        for (Metric metric : run.flushed().values().keySet()) {
            json.put(
                    metric.key(),
                    metric.kind() == Metric.Kind.COUNTER
                            ? delta(run, metric)
                            : run.flushed().value(metric));
        }
        long groups = delta(run, Metric.COMMIT_GROUPS);
        if (groups > 0) {
            json.put("mean_group_batches", (double) delta(run, Metric.COMMIT_BATCHES) / groups);
        }
        long reads = delta(run, Metric.BLOCK_CACHE_HITS) + delta(run, Metric.BLOCK_CACHE_MISSES);
        if (reads > 0) {
            json.put("block_cache_hit_ratio", (double) delta(run, Metric.BLOCK_CACHE_HITS) / reads);
        }
        run.flushed().engine().forEach(json::put);
        return json;
    }
}
