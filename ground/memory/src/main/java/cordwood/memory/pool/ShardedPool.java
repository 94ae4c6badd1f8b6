package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.epoch.Epochs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The pool: sends every allocation and free where it belongs. */
final class ShardedPool implements SmallPool, GuardablePool {

    /*
     * An allocation tries the thread's shard, any other shard, the bucket. A free goes to the cell's
     * own bin: at once when that is the thread's shard or a bucket, or else deferred to its owner. No
     * free ever touches another shard's lists.
     */

    private final Memory memory;
    private final Account account;
    private final Epochs epochs;
    private final SizeClasses classes;
    private final int smallBytesMax;
    private final SlabTable table;
    private final @Nullable ShardTable shards;
    private final Bucket[] buckets;
    private final Fallback fallback;
    private final RetiredCells retired;
    private final SizeHistogram resizes = new SizeHistogram();
    private final SizeHistogram remaps = new SizeHistogram();
    private final LongAdder shardMisses = new LongAdder();
    private final LongAdder badRetires = new LongAdder();
    private final Runnable upkeep = this::trim;
    private volatile LongConsumer afterRetirement = this::freeRetired;

    private ShardedPool(Memory memory, PoolOptions options) {
        this.memory = memory;
        this.account = memory.budget().account(MODE);
        this.epochs = memory.epochs();
        this.classes = new SizeClasses(options.classBytes());
        this.smallBytesMax = classes.smallBytesMax();
        long poolTag = Handle.newPoolTag();
        this.table = new SlabTable(memory.chunks(), account, poolTag, options.checked());
        this.shards =
                options.shards() == 0 ? null : new ShardTable(options.shards(), table, classes);
        this.buckets = new Bucket[classes.count()];
        for (int c = 0; c < buckets.length; c++) {
            buckets[c] = new Bucket(table, classes, c);
        }
        this.fallback = new Fallback(table);
        this.retired = new RetiredCells(epochs);
    }

    static ShardedPool open(Memory memory, PoolOptions options) {
        ShardedPool pool = new ShardedPool(memory, options);
        memory.addUpkeep(pool.upkeep);
        return pool;
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public void sendRetiredTo(LongConsumer free) {
        afterRetirement = free;
    }

    /** The slab a handle names. */
    Slab slabOf(long handle) {
        return table.find(handle);
    }

    @Override
    public boolean isOwn(long handle) {
        return table.isOwn(handle);
    }

    @Override
    public long allocate(int bytes) {
        if (bytes > 0 && bytes <= smallBytesMax) {
            return allocateSmall(classes.small(bytes));
        }
        return allocate(bytes, ALIGNMENT_BYTES);
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        CellRequest.check(bytes, alignmentBytes);
        if (bytes > SizeClasses.MEDIUM_BYTES_MAX || alignmentBytes > Handle.CELL_ALIGNMENT_BYTES) {
            return fallback.allocate(bytes, alignmentBytes);
        }
        int sizeClass = classes.of(bytes, alignmentBytes);
        return sizeClass < classes.smallCount()
                ? allocateSmall(sizeClass)
                : buckets[sizeClass].allocate();
    }

    private long allocateSmall(int sizeClass) {
        ShardTable table = shards;
        if (table == null) {
            return buckets[sizeClass].allocate();
        }
        Shard home = table.home();
        long handle = allocateIn(home, sizeClass);
        return handle != 0 ? handle : allocateElsewhere(home, sizeClass);
    }

    private static long allocateIn(Shard shard, int sizeClass) {
        if (!shard.tryClaim()) {
            return 0;
        }
        try {
            return shard.allocate(sizeClass);
        } finally {
            shard.giveUp();
        }
    }

    /** When the home shard is taken, or has no cell and memory for more was refused. */
    long allocateElsewhere(Shard home, int sizeClass) {
        retired.reclaim(afterRetirement);
        ShardTable table = shards;
        int count = table == null ? 0 : table.count();
        for (int i = 0; table != null && i < count; i++) {
            long handle = allocateIn(table.shard((home.number + i) % count), sizeClass);
            if (handle != 0) {
                return handle;
            }
        }
        shardMisses.increment();
        return buckets[sizeClass].allocate();
    }

    @Override
    public void free(long handle) {
        if (handle == 0) {
            return;
        }
        Slab slab = table.find(handle);
        Shard owner = slab.shard;
        ShardTable table = shards;
        if (owner == null || table == null) {
            freeUnsharded(slab, handle);
            return;
        }
        Shard home = table.home();
        if (owner.equals(home) && owner.tryClaim()) {
            try {
                slab.bin.free(slab, handle);
            } finally {
                owner.giveUp();
            }
        } else {
            freeFrom(home, slab, handle);
        }
    }

    /** A free by a thread at home on {@code home}, which does not own the cell now. */
    void freeFrom(Shard home, Slab slab, long handle) {
        if (slab.shard == null) {
            freeUnsharded(slab, handle);
            return;
        }
        slab.bin.defer(slab, handle);
        if (!home.equals(slab.shard)) {
            home.countCrossFree();
        }
    }

    private void freeUnsharded(Slab slab, long handle) {
        if (slab.bin.sizeClass == Bin.FALLBACK) {
            fallback.free(slab, handle);
        } else {
            buckets[slab.bin.sizeClass].free(slab, handle);
        }
    }

    @Override
    public void retire(long handle) {
        if (handle != 0 && retired.add(handle, cellBytes(handle))) {
            retired.reclaim(afterRetirement);
        }
    }

    /** What was retired and freed too is a mistake noticed only now, when nobody can be told. */
    private void freeRetired(long handle) {
        try {
            free(handle);
        } catch (BadHandle alreadyFreed) {
            badRetires.increment();
        }
    }

    @Override
    public long resize(long handle, int bytes) {
        return resize(this, handle, bytes);
    }

    /** Resizes with the cells of {@code by}, which is this pool or one of its local ones. */
    long resize(CellAllocator by, long handle, int bytes) {
        CellRequest.check(bytes, ALIGNMENT_BYTES);
        MemorySegment old = view(handle);
        int cellBytes = (int) old.byteSize();
        boolean isFallback = table.find(handle).bin.sizeClass == Bin.FALLBACK;
        if (fits(bytes, cellBytes, isFallback)) {
            resizes.add(bytes);
            if (isFallback) {
                fallback.countResize(bytes);
            }
            return handle;
        }
        long copy = by.allocate(bytes);
        MemorySegment.copy(old, 0, view(copy), 0, Math.min(bytes, cellBytes));
        by.free(handle);
        remaps.add(bytes);
        if (isFallback) {
            fallback.countRemap(bytes);
        }
        return copy;
    }

    private boolean fits(int bytes, int cellBytes, boolean isFallback) {
        if (isFallback) {
            return bytes <= cellBytes && bytes > SizeClasses.MEDIUM_BYTES_MAX;
        }
        return bytes <= SizeClasses.MEDIUM_BYTES_MAX
                && classes.cellBytes(classes.of(bytes, ALIGNMENT_BYTES)) == cellBytes;
    }

    @Override
    public MemorySegment view(long handle) {
        return table.find(handle).view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        Slab slab = table.find(handle);
        slab.liveCell(handle);
        return slab.cellBytes;
    }

    @Override
    public LocalPool local() {
        Shard shard = shards == null ? null : shards.lease();
        return new ShardLocal(this, classes, table, shard);
    }

    void endLease(Shard shard) {
        if (shards != null) {
            shards.endLease(shard);
        }
    }

    @Override
    public void trim() {
        retired.reclaim(afterRetirement);
        if (shards != null) {
            shards.vacate();
            for (int i = 0; i < shards.count(); i++) {
                Shard shard = shards.shard(i);
                if (shard.tryClaim()) {
                    try {
                        shard.trim();
                    } finally {
                        shard.giveUp();
                    }
                }
            }
        }
        for (Bucket bucket : buckets) {
            bucket.trim();
        }
    }

    @Override
    public PoolStats stats() {
        long[] deferredByBin = table.deferredByBin();
        List<BucketStats> bucketStats = new ArrayList<>();
        for (Bucket bucket : buckets) {
            bucketStats.add(bucket.stats(deferredByBin));
        }
        List<ShardStats> shardStats = new ArrayList<>();
        for (int i = 0; shards != null && i < shards.count(); i++) {
            shardStats.add(shards.shard(i).stats(deferredByBin));
        }
        return new PoolStats(
                MODE,
                shardMisses.sum(),
                badRetires.sum(),
                shardStats,
                bucketStats,
                fallback.stats(),
                resizes.counts(),
                remaps.counts(),
                retired.stats(),
                EpochStats.of(epochs),
                MemoryStats.of(account, memory.budget()));
    }

    @Override
    public List<Leak> leaks() {
        return List.of();
    }

    @Override
    public void close() {
        memory.removeUpkeep(upkeep);
        table.close();
        for (Bucket bucket : buckets) {
            bucket.abandon();
        }
        for (int i = 0; shards != null && i < shards.count(); i++) {
            shards.shard(i).abandon();
        }
    }
}
