package cordwood.memory.pool;

import cordwood.memory.MemoryRefused;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A leased shard, so that nothing needs to be claimed; without one it is the pool itself. */
final class ShardLocal implements LocalPool {

    private static final @Nullable Bin[] NO_BINS = {};

    private final ShardedPool pool;
    private final SizeClasses classes;
    private final SlabTable table;

    /** Null when none was left, and after close. */
    private @Nullable Shard shard;

    /** The shard's bins by size in steps; empty without a shard. */
    private @Nullable Bin[] bins;

    /** Null after close. */
    private @Nullable Thread thread = Thread.currentThread();

    ShardLocal(ShardedPool pool, SizeClasses classes, SlabTable table, @Nullable Shard shard) {
        this.pool = pool;
        this.classes = classes;
        this.table = table;
        this.shard = shard;
        this.bins = shard == null ? NO_BINS : shard.binsBySteps();
    }

    @Override
    public long allocate(int bytes) {
        checkUse();
        @Nullable Bin[] own = bins;
        int steps = SizeClasses.steps(bytes);
        Bin bin = steps < own.length ? own[steps] : null;
        return bin != null ? allocateIn(bin, bytes) : pool.allocate(bytes);
    }

    private long allocateIn(Bin bin, int bytes) {
        try {
            return bin.allocate();
        } catch (MemoryRefused refused) {
            Shard own = bin.shard;
            return own == null ? pool.allocate(bytes) : pool.allocateElsewhere(own, bin.sizeClass);
        }
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        checkUse();
        Shard own = shard;
        if (own != null && classes.isSmall(bytes, alignmentBytes)) {
            return allocateSmall(own, classes.of(bytes, alignmentBytes));
        }
        return pool.allocate(bytes, alignmentBytes);
    }

    private long allocateSmall(Shard own, int sizeClass) {
        long handle = own.allocate(sizeClass);
        return handle != 0 ? handle : pool.allocateElsewhere(own, sizeClass);
    }

    @Override
    public void free(long handle) {
        checkUse();
        if (handle == 0) {
            return;
        }
        Slab slab = table.find(handle);
        Shard own = shard;
        if (own == null) {
            pool.free(handle);
        } else if (own.equals(slab.shard)) {
            slab.bin.free(slab, handle);
        } else {
            pool.freeFrom(own, slab, handle);
        }
    }

    @Override
    public void retire(long handle) {
        checkUse();
        pool.retire(handle);
    }

    @Override
    public long resize(long handle, int bytes) {
        checkUse();
        return pool.resize(this, handle, bytes);
    }

    @Override
    public MemorySegment view(long handle) {
        return table.find(handle).view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        return pool.cellBytes(handle);
    }

    @Override
    public void close() {
        if (thread == null) {
            return;
        }
        checkUse();
        thread = null;
        Shard own = shard;
        shard = null;
        bins = NO_BINS;
        if (own != null) {
            pool.endLease(own);
        }
    }

    private void checkUse() {
        if (!Thread.currentThread().equals(thread)) {
            throw misused();
        }
    }

    private RuntimeException misused() {
        return thread == null
                ? new IllegalStateException("the local pool is closed")
                : new WrongThreadException("a local pool of " + thread);
    }
}
