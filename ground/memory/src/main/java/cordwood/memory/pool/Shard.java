package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One bin per small size class, owned by one thread at a time: for the length of one operation
 * (claimed) or until it gives it back (leased). Who cannot have a shard goes elsewhere.
 */
final class Shard {

    /*
     * The owner word says how the shard is had: not at all, claimed, leased, or granted. The last two
     * carry a number that is never the same again, and every change of such a word is a
     * compare-and-set from the very word seen.
     *
     * A claim may outlive its operation: a StackOverflowError can come out of the call that would end
     * it. Then the shard is as consistent as after any operation, but for one cell that was taken and
     * never handed out. Two stores, which cannot fail, remember the cell and say that the claim is
     * abandoned; whoever takes that mark away has the claim.
     *
     * A leaseholder works without looking at the word. Others visit its shard while it is elsewhere.
     * It is asked first, by its local pool's ready flag, to look up before its next use. Then its stack
     * is looked at (see Presence). If that is outside of the pool, its next operation will see the flag,
     * and that looks up: it sets the flag right and changes the word, in this order, before it touches
     * the shard. So either the visitor replaces the word or the leaseholder does, and an ask that the
     * leaseholder overwrites was made for a word that is no more.
     *
     * A leaseholder that is always at work grants the shard when it is asked to, and so does one that
     * is about to be refused: then a visitor needs only the word, and leaves it granted for the next.
     * The leaseholder has asked itself to look up before, and goes by way of the pool for a while,
     * like everybody else; what it takes from its own shard there leaves the shard granted too.
     */

    /** What an operation answers that found the shard taken. No handle. */
    static final long BUSY = -1;

    private static final long FREE = 0;

    private static final long CLAIMED = 1;
    private static final long GRANTED = 2;
    private static final long LEASED = 3;
    private static final long KIND_MASK = 3;
    private static final int NUMBER_SHIFT = 2;

    /** How often upkeep looks whether a claim has ended: an operation is over long before. */
    private static final int SPINS = 200;

    private static final VarHandle ABANDONED;

    static {
        try {
            ABANDONED =
                    MethodHandles.lookup().findVarHandle(Shard.class, "abandoned", boolean.class);
        } catch (ReflectiveOperationException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    final int number;
    private final SlabTable table;
    private final Bin[] bins;

    private final @Nullable Bin[] binsBySteps;

    private final PaddedLong owner = new PaddedLong();
    private final PaddedLong failedClaims = new PaddedLong();
    private final PaddedLong crossFrees = new PaddedLong();
    private final AtomicLong words = new AtomicLong();

    /** The owner's: the cell that an abandoned operation took; otherwise 0. */
    private long undelivered;

    /**
     * The owner's: whether it has come in the place of a leaseholder that had granted the shard.
     */
    private boolean grantedBefore;

    /** Whether the claim is whose who takes this away. */
    private volatile boolean abandoned;

    /** Guarded by the lock of ShardTable. */
    int residents;

    /** While it is leased. Written under the lock of this. */
    private volatile @Nullable ShardLocal local;

    Shard(int number, SlabTable table, SizeClasses classes) {
        this.number = number;
        this.table = table;
        this.bins = new Bin[classes.smallCount()];
        for (int c = 0; c < bins.length; c++) {
            bins[c] = new Bin(table, classes, c, this);
        }
        this.binsBySteps = new Bin[SizeClasses.steps(classes.smallBytesMax()) + 1];
        for (int step = 1; step < binsBySteps.length; step++) {
            binsBySteps[step] = bins[classes.smallBySteps(step)];
        }
    }

    /** Takes a cell: its handle, or 0 when there is none, or {@link #BUSY}. */
    long allocate(int sizeClass) {
        if (!tryClaim()) {
            return BUSY;
        }
        long handle = 0;
        try {
            handle = bins[sizeClass].allocate();
            owner.setRelease(FREE);
            return handle;
        } catch (Throwable error) {
            undelivered = handle;
            abandoned = true;
            throw error;
        }
    }

    /** Frees a cell of this shard: 1, or 0 when it is not live, or {@link #BUSY}. */
    long free(Slab slab, long handle) {
        if (!tryClaim()) {
            return BUSY;
        }
        try {
            boolean freed = slab.bin.free(slab, handle);
            owner.setRelease(FREE);
            return freed ? 1 : 0;
        } catch (Throwable error) {
            abandoned = true;
            throw error;
        }
    }

    /** Becomes the owner for a moment, unless somebody is. */
    private boolean tryClaim() {
        return owner.compareAndSet(FREE, CLAIMED) || tryAdopt();
    }

    /** Goes on with a claim that an operation left behind. */
    private boolean tryAdopt() {
        if (!abandoned || !ABANDONED.compareAndSet(this, true, false)) {
            failedClaims.add(1);
            return false;
        }
        try {
            undo();
            return true;
        } catch (Throwable error) {
            abandoned = true;
            throw error;
        }
    }

    /** Takes back the cell that an operation took and could not hand out. */
    private void undo() {
        long handle = undelivered;
        if (handle != 0) {
            StackRoom.require();
            undelivered = 0;
            if (!table.isClosed()) {
                table.find(handle).bin.undo(handle);
            }
        }
    }

    /** Becomes the owner for long, if nobody is. */
    synchronized boolean tryLease(ShardLocal by) {
        if (!tryClaim()) {
            return false;
        }
        local = by;
        owner.setRelease(newWord(LEASED));
        return true;
    }

    /**
     * The leaseholder's way in, when it looks up or comes by way of the pool: from here on nobody
     * visits until it is outside of the pool again. Answers false while somebody does.
     */
    boolean enter(ShardLocal by) {
        long seen = owner.get();
        return (seen & GRANTED) != 0
                && by.equals(local)
                && owner.compareAndSet(seen, newWord(LEASED));
    }

    /** The leaseholder lets a visitor in, who need not wait for it to be elsewhere. */
    void grant() {
        long seen = owner.get();
        if (isLeased(seen)) {
            owner.compareAndSet(seen, newWord(GRANTED));
        }
    }

    /** Ends a lease; while somebody visits, that one ends it. */
    synchronized void endLease() {
        long seen = owner.get();
        while ((seen & GRANTED) != 0 && !owner.compareAndSet(seen, FREE)) {
            seen = owner.get();
        }
        local = null;
    }

    private long newWord(long kind) {
        return words.incrementAndGet() << NUMBER_SHIFT | kind;
    }

    private static boolean isLeased(long word) {
        return (word & KIND_MASK) == LEASED;
    }

    /** Whether a local pool has it, which may have granted it to visitors. */
    boolean isLeased() {
        return (owner.get() & GRANTED) != 0;
    }

    /** Whether its leaseholder waits for a visitor. */
    boolean isGranted() {
        return (owner.get() & KIND_MASK) == GRANTED;
    }

    boolean isFree() {
        return owner.get() == FREE;
    }

    /** The local pool that has it, when it is one of that thread. */
    @Nullable ShardLocal leaseOf(Thread thread) {
        ShardLocal by = local;
        return by != null && by.owner().equals(thread) ? by : null;
    }

    /**
     * Becomes the owner, also in the place of a leaseholder that is elsewhere. To be ended by
     * {@link #giveBack}, whatever happens, by one who has room on the stack.
     *
     * @return whether it did
     */
    boolean takeOver() {
        long seen = owner.get();
        if ((seen & GRANTED) == 0) {
            return tryClaim();
        }
        ShardLocal asked = local;
        if (asked == null || owner.get() != seen) {
            return false;
        }
        asked.askToLookUp();
        boolean taken =
                (!isLeased(seen) || !Presence.isInside(asked.owner()))
                        && owner.compareAndSet(seen, CLAIMED);
        if (taken) {
            grantedBefore = !isLeased(seen);
        }
        return taken;
    }

    /** Ends {@link #takeOver}: a leaseholder has its lease again, or lets in the next. */
    synchronized void giveBack() {
        ShardLocal by = local;
        if (by == null) {
            owner.setRelease(FREE);
        } else if (grantedBefore) {
            by.noteVisit();
            owner.setRelease(newWord(GRANTED));
        } else {
            owner.setRelease(newWord(LEASED));
        }
    }

    /**
     * One round of upkeep: trims the shard, also for a leaseholder, who gets one round's time to
     * look up by itself. A shard with nothing to do is left alone: who finds it claimed begins
     * slabs elsewhere, and each of those may keep a chunk.
     */
    void upkeep() {
        if (!abandoned && !hasLeftovers()) {
            return;
        }
        for (int spin = 0; spin < SPINS && !isFree() && !isLeased(); spin++) {
            Thread.onSpinWait();
        }
        if (isLeased() && !askAgain()) {
            return;
        }
        if (takeOver()) {
            try {
                trim(Integer.MAX_VALUE);
            } finally {
                giveBack();
            }
        }
    }

    /** Asks the leaseholder to look up; answers whether it was asked before. */
    private boolean askAgain() {
        ShardLocal asked = local;
        return asked != null && asked.askToLookUp();
    }

    /** Asks a leaseholder to give back what is empty, and to let visitors in, at its next use. */
    void press() {
        ShardLocal asked = local;
        if (asked != null) {
            asked.press();
        }
    }

    /** As {@link #press}, unless it has let visitors in already. */
    void pressForGrant() {
        if (isLeased(owner.get())) {
            press();
        }
    }

    /** Whether a leaseholder was asked to look up and has not yet. */
    boolean isAsked() {
        ShardLocal asked = local;
        return asked != null && isLeased(owner.get()) && asked.isAsked();
    }

    /** The thread whose local pool has it. */
    @Nullable Thread leaseholder() {
        ShardLocal by = local;
        return by == null ? null : by.owner();
    }

    /** Whether there is something to take in or to give back; for everybody, and a guess. */
    boolean hasLeftovers() {
        for (Bin bin : bins) {
            if (bin.hasLeftovers()) {
                return true;
            }
        }
        return false;
    }

    /** How many size classes it has. */
    int classes() {
        return bins.length;
    }

    Bin bin(int sizeClass) {
        return bins[sizeClass];
    }

    /**
     * The bin for every small size, by the size in steps: null for none. For the owner; not to be
     * changed.
     */
    @Nullable Bin[] binsBySteps() {
        return binsBySteps;
    }

    /**
     * The owner takes in what was freed from outside, at most so many slabs of each bin, and gives
     * back what it does not use; answers whether that was all.
     */
    boolean trim(int slabsMax) {
        boolean all = true;
        for (Bin bin : bins) {
            all &= bin.trim(slabsMax);
        }
        return all;
    }

    /** The owner takes in everything that was freed and gives back everything that is empty. */
    void releaseEmpty() {
        StackRoom.require();
        for (Bin bin : bins) {
            bin.trim();
            bin.releaseEmpty();
        }
    }

    /** Forgets every slab: the pool is closed. */
    void forget() {
        for (Bin bin : bins) {
            bin.forget();
        }
    }

    /**
     * Counts a free, from a thread at home here, of another shard's cell. Threads that share a home
     * may lose some: a count is not worth what an atomic one costs each free.
     */
    void countCrossFree() {
        crossFrees.addLoosely(1);
    }

    ShardStats stats(long[] deferredByBin) {
        BinStats[] stats = new BinStats[bins.length];
        for (int c = 0; c < bins.length; c++) {
            stats[c] = bins[c].stats(deferredByBin);
        }
        return new ShardStats(
                number, isLeased(), failedClaims.get(), crossFrees.get(), List.of(stats));
    }
}
