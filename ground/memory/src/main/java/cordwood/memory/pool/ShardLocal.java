package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A leased shard, so that nothing needs to be claimed; without one it is the pool itself. */
final class ShardLocal implements LocalPool {

    /*
     * Every use begins by comparing the calling thread with ready. That is the owner while all is as
     * usual, and null when it has to look up first: since it was closed, or since somebody asks it to
     * take in what others freed, or may be visiting the shard (see Shard). Read opaquely, so that no
     * compiler keeps an old value and no fence is paid for. A view touches nothing of the shard: it
     * compares with user, which a compiler may keep.
     */

    private static final VarHandle READY;

    static {
        try {
            READY = MethodHandles.lookup().findVarHandle(ShardLocal.class, "ready", Thread.class);
        } catch (ReflectiveOperationException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    private static final @Nullable Bin[] NO_BINS = {};

    /** What one look takes in of each bin, so that no operation pays for a backlog. */
    private static final int SLABS_PER_LOOK = 16;

    /** For how many uses a shard is granted: longer than a visitor takes to notice. */
    private static final int USES_GRANTED = 1 << 12;

    private final ShardedPool pool;
    private final SizeClasses classes;
    private final SlabTable table;
    private final Thread owner = Thread.currentThread();

    @SuppressWarnings("unused") // through READY
    private @Nullable Thread ready;

    /**
     * Whether there is no memory to be had: then everything that is empty goes, and others come.
     */
    private volatile boolean pressed;

    /** Whether somebody has come, since it has granted its shard. */
    private volatile boolean visited;

    /** The owner, until it was closed. Written by the owner alone, and null for nobody else. */
    private @Nullable Thread user = owner;

    // Confined to the owner.

    /** How many uses it goes on by way of the pool, since it has granted its shard. */
    private int usesGranted;

    /** Null when none was to be had. */
    private @Nullable Shard leased;

    /** The leased one; null while somebody else visits it, and after close. */
    private @Nullable Shard shard;

    /** The shard's bins by size in steps; empty without a shard. */
    private @Nullable Bin[] bins = NO_BINS;

    ShardLocal(ShardedPool pool, SizeClasses classes, SlabTable table) {
        this.pool = pool;
        this.classes = classes;
        this.table = table;
    }

    /** Begins, with the shard it has leased, if any. */
    void begin(@Nullable Shard lease) {
        leased = lease;
        use(lease);
        READY.setOpaque(this, owner);
    }

    Thread owner() {
        return owner;
    }

    /** Asks the owner to look up before its next use; answers whether it was asked before. */
    boolean askToLookUp() {
        return READY.getAndSet(this, (Thread) null) == null;
    }

    /** As {@link #askToLookUp}, and to give back all that is empty. */
    void press() {
        pressed = true;
        askToLookUp();
    }

    /** Somebody has come who waited for the shard to be granted. */
    void noteVisit() {
        visited = true;
    }

    boolean isAsked() {
        return READY.getVolatile(this) == null;
    }

    private void use(@Nullable Shard now) {
        shard = now;
        bins = now == null ? NO_BINS : now.binsBySteps();
    }

    @Override
    public long allocate(int bytes) {
        checkUse();
        @Nullable Bin[] own = bins;
        int steps = SizeClasses.steps(bytes);
        Bin bin = steps < own.length ? own[steps] : null;
        if (bin == null) {
            return pool.allocate(bytes);
        }
        long handle = bin.allocate();
        return handle != 0 ? handle : pool.refill(owner, bin);
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        checkUse();
        Shard own = shard;
        if (own == null || !classes.isSmall(bytes, alignmentBytes)) {
            return pool.allocate(bytes, alignmentBytes);
        }
        Bin bin = own.bin(classes.of(bytes, alignmentBytes));
        long handle = bin.allocate();
        return handle != 0 ? handle : pool.refill(owner, bin);
    }

    @Override
    public void free(long handle) {
        checkUse();
        if (handle == 0) {
            table.requireOpen();
            return;
        }
        Slab slab = table.find(handle);
        Shard own = shard;
        if (own == null) {
            pool.free(handle);
        } else if (own.equals(slab.shard)) {
            if (!slab.bin.free(slab, handle)) {
                throw slab.stale(handle);
            }
        } else {
            pool.freeFrom(own, slab, handle, false);
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
        if (!Thread.currentThread().equals(user)) {
            lookUp();
        }
        return table.find(handle).view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        checkUse();
        return pool.cellBytes(handle);
    }

    @Override
    public void close() {
        checkThread();
        if (user == null) {
            return;
        }
        StackRoom.require();
        READY.setVolatile(this, (Thread) null);
        use(null);
        Shard own = leased;
        if (own != null) {
            pool.endLease(own);
        }
        user = null; // Last, so that a close cut short can be repeated.
    }

    private void checkUse() {
        if (!Thread.currentThread().equals((Thread) READY.getOpaque(this))) {
            lookUp();
        }
    }

    private void checkThread() {
        if (!Thread.currentThread().equals(owner)) {
            throw new WrongThreadException("a local pool of " + owner);
        }
    }

    /** Before a use that is not as usual. */
    private void lookUp() {
        checkThread();
        if (user == null) {
            throw new IllegalStateException("the local pool is closed");
        }
        table.requireOpen();
        Shard own = leased;
        if (own == null) {
            READY.setOpaque(this, owner);
            return;
        }
        READY.setVolatile(this, owner);
        boolean waits = usesGranted > 0 && !visited && own.isGranted();
        usesGranted = waits ? usesGranted - 1 : 0;
        if (waits || !own.enter(this)) {
            goByPool(); // Somebody is about to visit the shard, or does.
            return;
        }
        use(own);
        boolean all = own.trim(SLABS_PER_LOOK);
        if (pressed) {
            pressed = false;
            own.releaseEmpty();
            usesGranted = USES_GRANTED;
            visited = false;
            own.grant();
            goByPool();
        } else if (!all) {
            askToLookUp();
        }
    }

    private void goByPool() {
        use(null);
        askToLookUp();
    }
}
