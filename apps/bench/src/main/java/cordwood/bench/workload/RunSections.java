package cordwood.bench.workload;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.LatencyForm;
import cordwood.bench.report.ShownDurability;
import cordwood.bench.run.RunConfig;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import org.jspecify.annotations.Nullable;

/** The sections that every run's element of {@code runs} of a result file has. */
public final class RunSections {

    private static final double NANOS_PER_SECOND = 1e9;

    private RunSections() {}

    /**
     * Who ran what, up to {@code config}.
     *
     * @param allocatesCells whether the run used the allocator that was chosen
     * @param durability what an acknowledgement was worth
     */
    public static JsonObject identity(
            RunConfig config, boolean allocatesCells, String durability, JsonObject shown) {
        return new JsonObject()
                .put("store", config.label())
                .put("allocator", allocatesCells ? config.store().allocator().mode() : "engine")
                .put("durability", durability)
                .put("repeat", 1)
                .put("config", shown);
    }

    /**
     * What acknowledgements were worth up to the last one: a final flush makes syncs that none
     * waited for.
     */
    public static Durability shown(Durability asked, Measurement measured) {
        boolean tellsGroups = measured.after().reports(Metric.COMMIT_GROUPS);
        return ShownDurability.of(
                asked,
                tellsGroups ? measured.risen(Metric.COMMIT_GROUPS) : measured.tally().batchCount(),
                measured.risen(Metric.WAL_BYTES),
                measured.risen(Metric.WAL_SYNCS));
    }

    /** Adds what was done, how fast, and what it cost the process. */
    public static JsonObject work(JsonObject run, Measurement measured, JsonObject operations) {
        Tally tally = measured.tally();
        double wallSeconds = measured.wallNanos() / NANOS_PER_SECOND;
        return run.put("records", tally.recordCount())
                .put("batches", tally.batchCount())
                .put("bytes", tally.bodyBytes())
                .put("wall_seconds", wallSeconds)
                .put("records_per_second", tally.recordCount() / wallSeconds)
                .put("batches_per_second", tally.batchCount() / wallSeconds)
                .put("payload_mb_per_second", tally.bodyBytes() / 1e6 / wallSeconds)
                .put("latency_us", LatencyForm.of(measured.latencies()))
                .put("operations", operations)
                .put("cpu", cpu(measured, wallSeconds))
                .put("memory", memory(measured));
    }

    private static JsonObject cpu(Measurement measured, double wallSeconds) {
        return new JsonObject()
                .put("user_seconds", measured.cpu().userSeconds())
                .put("system_seconds", measured.cpu().systemSeconds())
                .put("utilisation", measured.cpu().totalSeconds() / wallSeconds)
                .put("collections", measured.jvm().collections())
                .put("collection_seconds", measured.jvm().collectionMillis() / 1e3);
    }

    private static JsonObject memory(Measurement measured) {
        StoreMetrics metrics = measured.after();
        long engineBytes = metrics.value(Metric.OFF_HEAP_BYTES);
        long memtableBytes = metrics.value(Metric.MEMTABLE_BYTES);
        long cacheBytes = metrics.value(Metric.BLOCK_CACHE_BYTES);
        long readerBytes = metrics.value(Metric.TABLE_READER_BYTES);
        long otherBytes = Math.max(0, engineBytes - memtableBytes - cacheBytes - readerBytes);
        return new JsonObject()
                .put("rss_bytes", present(measured.residence().residentBytes()))
                .put("rss_peak_bytes", present(measured.residence().peakBytes()))
                .put("heap_used_bytes", measured.jvm().heapUsedBytes())
                .put("heap_committed_bytes", measured.jvm().heapCommittedBytes())
                .put("off_heap_bytes", engineBytes + measured.jvm().directBufferBytes())
                .put(
                        "by_owner",
                        new JsonObject()
                                .put("memtables", memtableBytes)
                                .put("block_cache", cacheBytes)
                                .put("table_readers", readerBytes)
                                .put("engine_other", otherBytes)
                                .put("jvm_direct_buffers", measured.jvm().directBufferBytes()));
    }

    private static @Nullable Long present(long bytes) {
        return bytes < 0 ? null : bytes;
    }

    /** What the engine did on files between two moments. */
    public static JsonObject io(StoreMetrics from, StoreMetrics to) {
        boolean tellsBytes = to.reports(Metric.FILE_BYTES);
        return new JsonObject()
                .put("file_bytes", tellsBytes ? delta(from, to, Metric.FILE_BYTES) : null)
                .put("prepared_bytes", tellsBytes ? delta(from, to, Metric.PREPARED_BYTES) : null)
                .put("wal_bytes", delta(from, to, Metric.WAL_BYTES))
                .put("wal_syncs", delta(from, to, Metric.WAL_SYNCS))
                .put("flush_bytes", delta(from, to, Metric.FLUSH_BYTES))
                .put("compaction_read_bytes", delta(from, to, Metric.COMPACTION_READ_BYTES))
                .put("compaction_write_bytes", delta(from, to, Metric.COMPACTION_WRITE_BYTES))
                .put("debt_start_bytes", FinishedWork.debtBytes(from))
                .put("debt_end_bytes", FinishedWork.debtBytes(to))
                .put("stall_seconds", delta(from, to, Metric.STALL_NANOS) / NANOS_PER_SECOND);
    }

    /** Everything the engine reports: counters as deltas, levels as they were in the end. */
    public static JsonObject engine(StoreMetrics from, StoreMetrics to) {
        JsonObject json = new JsonObject();
        for (Metric metric : to.values().keySet()) {
            json.put(
                    metric.key(),
                    metric.kind() == Metric.Kind.COUNTER
                            ? delta(from, to, metric)
                            : to.value(metric));
        }
        long groups = delta(from, to, Metric.COMMIT_GROUPS);
        if (groups > 0) {
            json.put(
                    "mean_group_batches", (double) delta(from, to, Metric.COMMIT_BATCHES) / groups);
        }
        long hits = delta(from, to, Metric.BLOCK_CACHE_HITS);
        long lookups = hits + delta(from, to, Metric.BLOCK_CACHE_MISSES);
        if (lookups > 0) {
            json.put("block_cache_hit_ratio", (double) hits / lookups);
        }
        to.engine().forEach(json::put);
        return json;
    }

    private static long delta(StoreMetrics from, StoreMetrics to, Metric metric) {
        return to.value(metric) - from.value(metric);
    }
}
