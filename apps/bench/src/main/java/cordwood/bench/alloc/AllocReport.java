package cordwood.bench.alloc;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.CpuFloor;
import cordwood.bench.measure.JvmFigures;
import cordwood.bench.measure.LatencyForm;
import cordwood.bench.measure.ProcessFigures;
import cordwood.memory.pool.BucketStats;
import cordwood.memory.pool.PoolStats;
import cordwood.memory.pool.ShardStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Puts what a run observed into elements of {@code runs} of a result file, one per contender. */
final class AllocReport {

    private static final double NANOS_PER_SECOND = 1e9;

    private final AllocConfig config;
    private final Histogram empty;
    private final CpuFloor before;
    private final CpuFloor after;
    private final double meanBytes;

    private AllocReport(AllocConfig config, Histogram empty, CpuFloor before, CpuFloor after) {
        this.config = config;
        this.empty = empty;
        this.before = before;
        this.after = after;
        this.meanBytes = CellSizes.parse(config.sizes(), config.seed()).meanBytes();
    }

    /** Every entrant but the empty one, which tells what the timer costs. */
    static JsonObject of(
            AllocConfig config, List<Entrant> entrants, CpuFloor before, CpuFloor after) {
        Histogram empty = CellLatency.histogram();
        for (Entrant entrant : entrants) {
            if (entrant.name().equals(EmptyContender.NAME)) {
                empty.add(entrant.allocations());
            }
        }
        AllocReport report = new AllocReport(config, empty, before, after);
        List<JsonObject> runs = new ArrayList<>();
        for (Entrant entrant : entrants) {
            if (!entrant.name().equals(EmptyContender.NAME) && entrant.cells() > 0) {
                runs.add(report.run(entrant));
            }
        }
        return new JsonObject().put("runs", runs);
    }

    private JsonObject run(Entrant entrant) {
        double wallSeconds = entrant.nanos() / NANOS_PER_SECOND;
        long bytes = Math.round(entrant.cells() * meanBytes);
        return new JsonObject()
                .put("store", entrant.name())
                .put("allocator", entrant.name())
                .put("durability", "NONE")
                .put("repeat", 1)
                .put("config", AllocConfigCodec.encode(config))
                .put("records", entrant.cells())
                .put("batches", entrant.timedCells())
                .put("bytes", bytes)
                .put("wall_seconds", wallSeconds)
                .put("records_per_second", entrant.cells() / wallSeconds)
                .put(
                        "batches_per_second",
                        entrant.timedCells() * NANOS_PER_SECOND / entrant.timedNanos())
                .put("payload_mb_per_second", bytes / 1e6 / wallSeconds)
                .put("latency_us", LatencyForm.of(entrant.allocations()))
                .put("operations", operations(entrant))
                .put("cpu", cpu())
                .put("memory", memory(entrant))
                .put("io", noIo())
                .put("engine", counters(entrant))
                .put("alloc", details(entrant));
    }

    private JsonObject operations(Entrant entrant) {
        return new JsonObject().put("free", latency(entrant.frees())).put("empty", latency(empty));
    }

    private static JsonObject latency(Histogram nanos) {
        return new JsonObject().put("latency_us", LatencyForm.of(nanos));
    }

    private static JsonObject cpu() {
        return new JsonObject()
                .put("user_seconds", null)
                .put("system_seconds", null)
                .put("utilisation", null);
    }

    private static JsonObject memory(Entrant entrant) {
        List<Residence.Sample> samples = entrant.residence().samples();
        PoolStats stats = entrant.stats();
        long poolBytes = stats == null ? 0 : stats.memory().poolBytes();
        JvmFigures jvm = JvmFigures.now();
        return new JsonObject()
                .put("rss_bytes", samples.isEmpty() ? null : samples.getLast().bytes())
                .put("rss_peak_bytes", ProcessFigures.residence().peakBytes())
                .put("heap_used_bytes", jvm.heapUsedBytes())
                .put("heap_committed_bytes", jvm.heapCommittedBytes())
                .put("off_heap_bytes", poolBytes + jvm.directBufferBytes())
                .put(
                        "by_owner",
                        new JsonObject()
                                .put(entrant.name(), poolBytes)
                                .put("jvm_direct_buffers", jvm.directBufferBytes()));
    }

    private static JsonObject noIo() {
        return new JsonObject()
                .put("wal_bytes", 0)
                .put("wal_syncs", 0)
                .put("flush_bytes", 0)
                .put("compaction_read_bytes", 0)
                .put("compaction_write_bytes", 0)
                .put("write_amplification", null)
                .put("space_amplification", null)
                .put("stall_seconds", 0.0)
                .put("floor_write_mb_per_second", null)
                .put("floor_sync_us", null);
    }

    /** What the pool counts, warm-up included. */
    private static JsonObject counters(Entrant entrant) {
        JsonObject json = new JsonObject();
        PoolStats stats = entrant.stats();
        if (stats == null) {
            return json;
        }
        return json.put("shard_count", stats.shardCount())
                .put("shard_alloc_hits", stats.shardAllocHits())
                .put("shard_alloc_misses", stats.shardAllocMisses())
                .put("shard_local_frees", stats.shardLocalFrees())
                .put("shard_remote_frees", stats.shardRemoteFrees())
                .put("shard_deferred_total", stats.shardDeferredTotal())
                .put("bucket_deferred_total", buckets(stats, bucket -> bucket.bin().deferred()))
                .put("shard_epoch_current", stats.epochs().current())
                .put("shard_epoch_min", stats.epochs().minObserved())
                .put("failed_claims", shards(stats, ShardStats::failedClaims))
                .put("cross_frees", shards(stats, ShardStats::crossFrees))
                .put("lock_wait_ns_total", buckets(stats, BucketStats::lockWaitNanos))
                .put("lock_hold_ns_total", buckets(stats, BucketStats::lockHoldNanos))
                .put("lock_acquisitions", buckets(stats, BucketStats::lockAcquisitions))
                .put("lock_contention", buckets(stats, BucketStats::lockContention))
                .put("fallback_allocs", PoolStats.sum(stats.fallback().allocs()))
                .put("fallback_frees", PoolStats.sum(stats.fallback().frees()))
                .put("in_use", stats.inUse())
                .put("retired_total", stats.retired().total())
                .put("retired_waiting", stats.retired().waiting())
                .put("retired_held_bytes", stats.retired().heldBytes())
                .put("pool_bytes", stats.memory().poolBytes())
                .put("pool_peak_bytes", stats.memory().poolPeakBytes())
                .put("caller_chunks", present(entrant.callerChunks()))
                .put("cap_bytes", stats.memory().capBytes());
    }

    private static long shards(PoolStats stats, ToLongFunction<ShardStats> figure) {
        return stats.shards().stream().mapToLong(figure).sum();
    }

    private static long buckets(PoolStats stats, ToLongFunction<BucketStats> figure) {
        return stats.buckets().stream().mapToLong(figure).sum();
    }

    private JsonObject details(Entrant entrant) {
        double slow = CellLatency.slowShare(entrant.allocations());
        double slowEmpty = CellLatency.slowShare(empty);
        Readers readers = entrant.readers();
        return new JsonObject()
                .put("description", description(entrant))
                .put("ns_per_cell", threadNanos(entrant))
                .put("allocations_over_1us", slow)
                .put("frees_over_1us", CellLatency.slowShare(entrant.frees()))
                .put("empty_over_1us", slowEmpty)
                .put("contention_percent", Math.max(0, slow - slowEmpty) * 100)
                .put("deferred_max", present(entrant.backlogMax()))
                .put("rss_drift_percent", entrant.residence().drift() * 100)
                .put("rss_grown_bytes", entrant.residence().grownBytesMost())
                .put("rss_over_time", overTime(entrant.residence()))
                .put("reader_pins", readers == null ? null : readers.pins())
                .put("reader_damages", readers == null ? null : readers.damaged())
                .put("floor_step_ns", Math.max(before.stepNanos(), after.stepNanos()))
                .put("timer_ns", before.timerNanos())
                .put("timer_resolution_ns", before.resolutionNanos());
    }

    private String description(Entrant entrant) {
        return Contenders.named(entrant.name()).describe(config.allocatorOptions());
    }

    /** What a cell costs a thread that allocates: allocation, a write to it and, if local, free. */
    private double threadNanos(Entrant entrant) {
        return (double) entrant.nanos() * config.concurrency() / entrant.cells();
    }

    private static @Nullable Long present(long count) {
        return count < 0 ? null : count;
    }

    private static List<JsonObject> overTime(Residence residence) {
        List<Residence.Sample> samples = residence.samples();
        List<JsonObject> json = new ArrayList<>();
        for (Residence.Sample sample : samples) {
            double seconds = (sample.nanos() - samples.getFirst().nanos()) / NANOS_PER_SECOND;
            json.add(new JsonObject().put("seconds", seconds).put("rss_bytes", sample.bytes()));
        }
        return json;
    }
}
