package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.HeapRefused;
import cordwood.memory.Memory;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Reclaimer;
import cordwood.memory.stack.FirstUse;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The pool: sends every allocation and free where it belongs. */
final class ShardedPool implements SmallPool, GuardablePool {

    /*
     * An allocation tries the thread's shard, any other shard, the bucket; then a slab is brought,
     * with nothing claimed or locked meanwhile; then LastResort. A free goes to the cell's own bin: at
     * once when that is the thread's shard or a bucket, or else deferred to its owner. No free ever
     * touches another shard's lists.
     */

    static {
        FirstUse.ofJdk();
        FirstUse.of(
                MethodHandles.lookup(),
                List.of(
                        BadHandle.Kind.class,
                        Bin.class,
                        Bringers.class,
                        Bringers.Bringer.class,
                        CellState.class,
                        DeferredList.Pushed.class,
                        Handle.class,
                        HeapRefused.class,
                        LastResort.class,
                        Presence.class,
                        Shard.class,
                        ShardLocal.class,
                        Slab.State.class));
    }

    /** What one round of upkeep frees of what was retired. */
    private static final int RETIRED_PER_ROUND = 1 << 18;

    /** How often at least a cell or memory for one is looked for before it is refused. */
    private static final int ATTEMPTS = 3;

    /** For how long others, perhaps off their cores, are waited for before a refusal. */
    private static final long PATIENCE_NANOS = 500_000_000;

    private final Memory memory;
    private final Account account;
    private final SizeClasses classes;
    private final int smallBytesMax;
    private final SlabTable table;
    private final @Nullable ShardTable shards;
    private final Bucket[] buckets;
    private final Fallback fallback;
    private final RetiredCells retired;
    private final LastResort lastResort;
    private final Bringers bringers = new Bringers();
    private final SizeHistogram resizes = new SizeHistogram();
    private final SizeHistogram remaps = new SizeHistogram();
    private final Runnable upkeep = this::runUpkeep;
    private final Reclaimer reclaimer = this::giveBack;
    private volatile Runnable beforeUpkeep = () -> {};
    private volatile LongPredicate afterRetirement = this::freeAfterRetirement;

    private ShardedPool(Memory memory, PoolOptions options, HandleSeries series) {
        this.memory = memory;
        this.account = memory.budget().account(MODE);
        this.classes = new SizeClasses(options.classBytes());
        this.smallBytesMax = classes.smallBytesMax();
        this.table = new SlabTable(memory.chunks(), account, series, options.checked());
        this.shards =
                options.shards() == 0 ? null : new ShardTable(options.shards(), table, classes);
        this.buckets = new Bucket[classes.count()];
        for (int c = 0; c < buckets.length; c++) {
            buckets[c] = new Bucket(table, classes, c);
        }
        this.fallback = new Fallback(table);
        RetiredSlabs lists = new RetiredSlabs(table, handle -> afterRetirement.test(handle));
        this.retired = new RetiredCells(memory.epochs(), lists);
        this.lastResort = new LastResort(shards, buckets, retired);
    }

    static ShardedPool open(Memory memory, PoolOptions options) {
        ShardedPool pool = create(memory, options);
        try {
            memory.addReclaimer(pool.reclaimer);
            memory.addUpkeep(pool.upkeep);
            return pool;
        } catch (Throwable refused) {
            pool.close();
            throw refused;
        }
    }

    private static ShardedPool create(Memory memory, PoolOptions options) {
        HandleSeries series = HandleSeries.open();
        try {
            return new ShardedPool(memory, options, series);
        } catch (Throwable refused) {
            series.close(series.firstGeneration());
            throw refused;
        }
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public void sendRetiredTo(LongPredicate free) {
        afterRetirement = free;
    }

    @Override
    public void beginUpkeepWith(Runnable task) {
        beforeUpkeep = task;
    }

    /** The slab a handle names. */
    Slab slabOf(long handle) {
        return table.find(handle);
    }

    @Override
    public void askReclaimers() {
        memory.askReclaimers();
    }

    @Override
    public boolean isOwn(long handle) {
        return table.isOwn(handle);
    }

    @Override
    public void requireOpen() {
        table.requireOpen();
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
        table.requireOpen();
        CellRequest.check(bytes, alignmentBytes);
        if (isSingle(bytes, alignmentBytes)) {
            return fallback.allocate(bytes, alignmentBytes);
        }
        int sizeClass = classes.of(bytes, alignmentBytes);
        return sizeClass < classes.smallCount()
                ? allocateSmall(sizeClass)
                : allocateInBucket(sizeClass);
    }

    private long allocateSmall(int sizeClass) {
        ShardTable all = shards;
        if (all == null) {
            return allocateInBucket(sizeClass);
        }
        Thread me = Thread.currentThread();
        Shard home = all.home(me);
        long handle = home.allocate(sizeClass);
        if (handle != 0 && handle != Shard.BUSY) {
            return handle;
        }
        return handle == 0
                ? refill(me, home.bin(sizeClass))
                : allocateElsewhere(all, me, home, sizeClass);
    }

    /** When the home shard is taken. */
    private long allocateElsewhere(ShardTable all, Thread me, Shard home, int sizeClass) {
        if (home.isLeased()) {
            Shard moved = all.move(me, home);
            long handle = moved.equals(home) ? Shard.BUSY : moved.allocate(sizeClass);
            if (handle != Shard.BUSY) {
                return handle != 0 ? handle : refill(me, moved.bin(sizeClass));
            }
        }
        for (int i = 1; i < all.count(); i++) {
            Shard shard = all.shard((home.number + i) % all.count());
            long handle = shard.isFree() ? shard.allocate(sizeClass) : Shard.BUSY;
            if (handle != 0 && handle != Shard.BUSY) {
                return handle;
            }
        }
        return allocateInBucket(sizeClass);
    }

    private long allocateInBucket(int sizeClass) {
        Bucket bucket = buckets[sizeClass];
        long handle = bucket.allocate();
        return handle != 0 ? handle : refill(Thread.currentThread(), bucket.bin());
    }

    /**
     * A cell from a bin that has none: it gets a slab.
     *
     * @param bin of a bucket, or of a shard that is the caller's for long or for a moment
     */
    long refill(Thread me, Bin bin) {
        StackRoom.require();
        try {
            return refillAtOnce(me, bin);
        } catch (OutOfMemoryError _) {
            throw table.heapIsFull(); // What was begun when it came is as before.
        }
    }

    private long refillAtOnce(Thread me, Bin bin) {
        while (true) {
            if (!tryBring(me, bin)) {
                return refillInsisting(me, bin);
            }
            long handle = lastResort.takeFrom(me, bin);
            if (handle != 0) {
                return handle;
            }
        }
    }

    /**
     * When the budget has no room: nothing is refused that is free anywhere. What is given back
     * here others may take first, and what is free may be in somebody's hands. So a refusal is
     * final only when every shard was visited, everybody who was bringing a slab was waited for,
     * and none was brought since the look before; or at the deadline.
     */
    private long refillInsisting(Thread me, Bin bin) {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        lastResort.grantOwn(me);
        long seen = bringers.brought();
        long handle = lastResort.takeWhatShows(me, bin.sizeClass);
        if (handle == 0) {
            retired.reclaim(Integer.MAX_VALUE);
            handle = lastResort.takeWhatShows(me, bin.sizeClass);
        }
        for (int attempt = 1; handle == 0; attempt++) {
            try {
                bring(me, bin, true);
            } catch (HeapRefused full) {
                if (attempt > 1) {
                    throw full; // Each time the whole heap was collected.
                }
                memory.askReclaimers();
                table.everybodyWasAsked();
            } catch (MemoryRefused refusal) {
                bringers.await(me, deadlineNanos);
                boolean isLast = attempt >= ATTEMPTS && bringers.brought() == seen;
                if (isLast || System.nanoTime() - deadlineNanos >= 0) {
                    throw refusal;
                }
            }
            seen = bringers.brought();
            retired.reclaim(Integer.MAX_VALUE);
            handle = lastResort.takeAnywhere(me, bin.sizeClass, deadlineNanos);
        }
        return handle;
    }

    private boolean tryBring(Thread me, Bin bin) {
        try {
            return bring(me, bin, false);
        } catch (OutOfMemoryError _) {
            return false; // There may be a cell elsewhere, which takes no heap.
        }
    }

    /** Gets the bin a slab; answers false when the budget has no room and nobody insists. */
    private boolean bring(Thread me, Bin bin, boolean insists) {
        Bringers.Bringer bringer = bringers.begin(me);
        boolean brought = false;
        try {
            Slab slab = insists ? table.addInsisting(bin) : table.add(bin);
            if (slab != null) {
                bin.offer(slab);
                brought = true;
            }
            return brought;
        } finally {
            bringers.end(bringer, brought);
        }
    }

    @Override
    public void free(long handle) {
        if (handle == 0) {
            table.requireOpen();
            return;
        }
        free(table.find(handle), handle, false);
    }

    private void free(Slab slab, long handle, boolean isRetired) {
        Shard owner = slab.shard;
        ShardTable all = shards;
        if (owner == null || all == null) {
            freeUnsharded(slab, handle, isRetired);
            return;
        }
        Shard home = all.home(Thread.currentThread());
        long freed = isRetired || !owner.equals(home) ? Shard.BUSY : owner.free(slab, handle);
        if (freed == Shard.BUSY) {
            freeFrom(home, slab, handle, isRetired);
        } else if (freed == 0) {
            throw slab.stale(handle);
        }
    }

    /** A free by a thread at home on {@code home}, which does not own the cell now. */
    void freeFrom(Shard home, Slab slab, long handle, boolean isRetired) {
        if (slab.shard == null) {
            freeUnsharded(slab, handle, isRetired);
            return;
        }
        if (!slab.bin.defer(slab, handle, isRetired)) {
            throw slab.stale(handle);
        }
        if (!home.equals(slab.shard)) {
            home.countCrossFree();
        }
    }

    private void freeUnsharded(Slab slab, long handle, boolean isRetired) {
        boolean freed;
        if (slab.bin.sizeClass == Bin.FALLBACK) {
            freed = fallback.free(slab, handle, isRetired);
        } else if (isRetired) {
            freed = slab.bin.defer(slab, handle, true);
        } else {
            freed = buckets[slab.bin.sizeClass].free(slab, handle);
        }
        if (!freed) {
            throw slab.stale(handle);
        }
    }

    @Override
    public void retire(long handle) {
        if (handle == 0) {
            table.requireOpen();
            return;
        }
        retired.retire(handle);
    }

    private boolean freeAfterRetirement(long handle) {
        freeRetired(handle);
        return true;
    }

    @Override
    public void freeRetired(long handle) {
        free(table.find(handle), handle, true);
    }

    @Override
    public long resize(long handle, int bytes) {
        return resize(this, handle, bytes);
    }

    /** Resizes with the cells of {@code by}, which is this pool or one of its local ones. */
    long resize(CellAllocator by, long handle, int bytes) {
        CellRequest.check(bytes, ALIGNMENT_BYTES);
        Slab slab = table.find(handle);
        if (!slab.isUsersCell(handle)) {
            throw slab.stale(handle);
        }
        boolean isFallback = slab.bin.sizeClass == Bin.FALLBACK;
        if (isFallback ? shrink(slab, bytes) : fits(slab, bytes)) {
            resizes.add(slab.cellBytes);
            if (isFallback) {
                fallback.countResize(bytes);
            }
            return handle;
        }
        int cellBytes = cellBytesOf(bytes, slab.alignmentBytes());
        long copy = copy(by, slab, handle, bytes);
        remaps.add(cellBytes);
        if (isFallback) {
            fallback.countRemap(cellBytes);
        }
        return copy;
    }

    private long copy(CellAllocator by, Slab slab, long handle, int bytes) {
        StackRoom.require();
        long copy = by.allocate(bytes, slab.alignmentBytes());
        try {
            MemorySegment from = view(handle);
            MemorySegment to = view(copy);
            MemorySegment.copy(from, 0, to, 0, Math.min(bytes, from.byteSize()));
            by.free(handle);
        } catch (Throwable failure) {
            by.free(copy);
            throw failure;
        }
        return copy;
    }

    /** A cell with a region of its own stays where it is as long as it would get one again. */
    private boolean shrink(Slab slab, int bytes) {
        boolean stays = bytes <= slab.cellBytes && isSingle(bytes, slab.alignmentBytes());
        if (stays) {
            table.shrink(slab, bytes);
        }
        return stays;
    }

    /** The bytes of the cell that serves a request. */
    private int cellBytesOf(int bytes, int alignmentBytes) {
        return isSingle(bytes, alignmentBytes)
                ? bytes
                : classes.cellBytes(classes.of(bytes, alignmentBytes));
    }

    private static boolean isSingle(int bytes, int alignmentBytes) {
        return bytes > SizeClasses.MEDIUM_BYTES_MAX || alignmentBytes > Handle.CELL_ALIGNMENT_BYTES;
    }

    private boolean fits(Slab slab, int bytes) {
        return bytes <= SizeClasses.MEDIUM_BYTES_MAX
                && classes.of(bytes, slab.alignmentBytes()) == slab.bin.sizeClass;
    }

    @Override
    public void countRemap(int cellBytes) {
        remaps.add(cellBytes);
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
        table.requireOpen();
        ShardLocal local = new ShardLocal(this, classes, table);
        StackRoom.require();
        local.begin(shards == null ? null : shards.lease(Thread.currentThread(), local));
        return local;
    }

    void endLease(Shard shard) {
        if (shards != null) {
            StackRoom.require();
            shards.endLease(shard);
        }
    }

    @Override
    public void trim() {
        table.requireOpen();
        trim(Integer.MAX_VALUE);
    }

    /** Here, so that this class is on the stack of who does it: see Presence. */
    private void giveBack() {
        lastResort.giveBack();
    }

    private void runUpkeep() {
        trim(RETIRED_PER_ROUND);
    }

    private void trim(int retiredMax) {
        StackRoom.require();
        beforeUpkeep.run();
        retired.reclaim(retiredMax);
        if (shards != null) {
            shards.vacate();
            for (int i = 0; i < shards.count(); i++) {
                shards.shard(i).upkeep();
            }
        }
        for (Bucket bucket : buckets) {
            bucket.trim();
        }
    }

    @Override
    public PoolStats stats() {
        table.requireOpen();
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
                shardMisses(bucketStats),
                shardStats,
                bucketStats,
                fallback.stats(),
                resizes.counts(),
                remaps.counts(),
                retired.stats(),
                EpochStats.of(memory.epochs()),
                MemoryStats.of(table.heldBytes(), table.heldBytesPeak(), memory.budget()));
    }

    /**
     * Small cells that buckets served since no shard could: all they served, if there are shards.
     */
    private long shardMisses(List<BucketStats> bucketStats) {
        long misses = 0;
        for (int c = 0; shards != null && c < classes.smallCount(); c++) {
            misses += bucketStats.get(c).bin().allocations();
        }
        return misses;
    }

    @Override
    public List<Leak> leaks() {
        return List.of();
    }

    @Override
    public void close() {
        StackRoom.require();
        memory.removeUpkeep(upkeep);
        memory.removeReclaimer(reclaimer);
        table.refuse();
        lastResort.forget();
        table.close();
    }
}
