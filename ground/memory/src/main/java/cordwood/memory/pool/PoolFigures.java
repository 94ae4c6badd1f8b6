package cordwood.memory.pool;

import java.util.List;

/** Names every figure of {@link PoolStats}, once for all renderings. */
final class PoolFigures {

    private final FigureWriter out;

    private PoolFigures(FigureWriter out) {
        this.out = out;
    }

    static String write(PoolStats stats, FigureWriter out) {
        out.group(stats.mode());
        new PoolFigures(out).all(stats);
        return out.end().toString();
    }

    private void all(PoolStats stats) {
        shards(stats);
        fallback(stats.fallback());
        out.list("buckets");
        stats.buckets().forEach(this::bucket);
        out.end();
        out.group("sizes");
        histogram("allocs", stats.allocSizes());
        histogram("frees", stats.freeSizes());
        histogram("resizes", stats.resizes());
        histogram("remaps", stats.remaps());
        out.end();
        out.group("retired")
                .field("total", stats.retired().total())
                .field("waiting", stats.retired().waiting())
                .field("held_bytes", stats.retired().heldBytes())
                .field("pinned", stats.epochs().pinned())
                .field("oldest_pin_age_ns", stats.epochs().oldestPinAgeNanos())
                .end();
        memory(stats.memory());
    }

    private void shards(PoolStats stats) {
        out.field("shard_enabled", stats.shardEnabled())
                .field("shard_count", stats.shardCount())
                .field("shard_alloc_hits", stats.shardAllocHits())
                .field("shard_alloc_misses", stats.shardAllocMisses())
                .field("shard_local_frees", stats.shardLocalFrees())
                .field("shard_remote_frees", stats.shardRemoteFrees())
                .field("shard_deferred_total", stats.shardDeferredTotal())
                .field("shard_epoch_current", stats.epochs().current())
                .field("shard_epoch_min", stats.epochs().minObserved());
        out.list("shards");
        for (ShardStats shard : stats.shards()) {
            out.item()
                    .field("number", shard.number())
                    .field("leased", shard.leased())
                    .field("failed_claims", shard.failedClaims())
                    .field("cross_frees", shard.crossFrees());
            out.list("classes");
            for (BinStats bin : shard.bins()) {
                out.item();
                bin(bin);
                out.end();
            }
            out.end().end();
        }
        out.end();
    }

    private void fallback(FallbackStats fallback) {
        out.group("fallback")
                .field("allocs", PoolStats.sum(fallback.allocs()))
                .field("frees", PoolStats.sum(fallback.frees()))
                .field("resizes", PoolStats.sum(fallback.resizes()))
                .field("remaps", PoolStats.sum(fallback.remaps()));
        histogram("size_buckets", fallback.allocs());
        out.end();
    }

    private void bucket(BucketStats bucket) {
        out.item();
        bin(bucket.bin());
        out.field("lock_wait_ns_total", bucket.lockWaitNanos())
                .field("lock_hold_ns_total", bucket.lockHoldNanos())
                .field("lock_acquisitions", bucket.lockAcquisitions())
                .field("lock_contention", bucket.lockContention())
                .end();
    }

    private void bin(BinStats bin) {
        out.field("size", bin.cellBytes())
                .field("alloc_size", bin.cellBytes())
                .field("allocations", bin.allocations())
                .field("in_use", bin.inUse())
                .field("high_water", bin.highWater())
                .field("refills", bin.refills())
                .field("slabs", bin.slabs())
                .field("empty_slabs", bin.emptySlabs())
                .field("free_nodes", bin.freeNodes())
                .field("local_frees", bin.localFrees())
                .field("remote_frees", bin.remoteFrees())
                .field("deferred", bin.deferred())
                .field("damaged_lists", bin.damagedLists());
    }

    private void histogram(String name, List<Long> counts) {
        out.list(name);
        for (int i = 0; i < counts.size(); i++) {
            out.item().field("count", counts.get(i));
            if (i < SizeHistogram.BOUNDS.length) {
                out.field("upper_bound", SizeHistogram.BOUNDS[i]);
            } else {
                out.none("upper_bound");
            }
            out.end();
        }
        out.end();
    }

    private void memory(MemoryStats memory) {
        out.group("memory")
                .field("pool_bytes", memory.poolBytes())
                .field("pool_peak_bytes", memory.poolPeakBytes())
                .field("used_bytes", memory.usedBytes())
                .field("peak_bytes", memory.peakBytes())
                .field("cap_bytes", memory.capBytes())
                .field("rss_bytes", memory.residentBytes())
                .end();
    }
}
