package cordwood.memory.pool;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Every figure of a pool at one moment: exact when nobody is at work, and a close estimate
 * otherwise. {@code docs/memory.md} says what each means.
 *
 * @param mode the name of the allocator's mode
 * @param shardAllocMisses small allocations that no shard could serve
 * @param shards per shard
 * @param buckets per size class
 * @param fallback cells without a size class
 * @param resizes sizes asked for that fitted the cell, by {@link #SIZE_BOUNDS}
 * @param remaps sizes asked for that took another cell
 * @param retired cells waiting for epochs
 * @param epochs what they wait for
 * @param memory bytes
 */
public record PoolStats(
        String mode,
        long shardAllocMisses,
        List<ShardStats> shards,
        List<BucketStats> buckets,
        FallbackStats fallback,
        List<Long> resizes,
        List<Long> remaps,
        RetireStats retired,
        EpochStats epochs,
        MemoryStats memory) {

    /** Upper bounds of the size histograms; one more count follows for what is larger. */
    public static final List<Integer> SIZE_BOUNDS =
            Arrays.stream(SizeHistogram.BOUNDS).boxed().toList();

    /** The same with other bytes. */
    PoolStats withMemory(MemoryStats bytes) {
        return new PoolStats(
                mode,
                shardAllocMisses,
                shards,
                buckets,
                fallback,
                resizes,
                remaps,
                retired,
                epochs,
                bytes);
    }

    /** Whether there are shards. */
    public boolean shardEnabled() {
        return !shards.isEmpty();
    }

    /** How many shards there are. */
    public int shardCount() {
        return shards.size();
    }

    /** Allocations that a shard served. */
    public long shardAllocHits() {
        return shardTotal(BinStats::allocations);
    }

    /** Cells freed from outside that their owners have not taken in. */
    public long shardDeferredTotal() {
        return shardTotal(BinStats::deferred);
    }

    /** Cells freed by their owners. */
    public long shardLocalFrees() {
        return shardTotal(BinStats::localFrees);
    }

    /** Cells freed from outside. */
    public long shardRemoteFrees() {
        return shardTotal(BinStats::remoteFrees);
    }

    /** Cells in use, wherever they are from. */
    public long inUse() {
        return shardTotal(BinStats::inUse)
                + buckets.stream().mapToLong(bucket -> bucket.bin().inUse()).sum()
                + sum(fallback.allocs())
                - sum(fallback.frees());
    }

    /** Allocations by size of the cell. */
    public List<Long> allocSizes() {
        return bySize(BinStats::allocations, fallback.allocs());
    }

    /** Frees by size of the cell, deferred ones included. */
    public List<Long> freeSizes() {
        return bySize(bin -> bin.localFrees() + bin.remoteFrees(), fallback.frees());
    }

    /** As text, one group of figures per line. */
    public String toText() {
        return PoolFigures.write(this, new TextWriter());
    }

    /** As one JSON object. */
    public String toJson() {
        return PoolFigures.write(this, new JsonWriter(mode));
    }

    /** Of all sizes together. */
    public static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private long shardTotal(ToLongFunction<BinStats> figure) {
        return shards.stream().flatMap(shard -> shard.bins().stream()).mapToLong(figure).sum();
    }

    private List<Long> bySize(ToLongFunction<BinStats> figure, List<Long> others) {
        long[] counts = others.stream().mapToLong(Long::longValue).toArray();
        Stream<BinStats> bins =
                Stream.concat(
                        shards.stream().flatMap(shard -> shard.bins().stream()),
                        buckets.stream().map(BucketStats::bin));
        bins.forEach(
                bin -> counts[SizeHistogram.bucket(bin.cellBytes())] += figure.applyAsLong(bin));
        return Arrays.stream(counts).boxed().toList();
    }
}
