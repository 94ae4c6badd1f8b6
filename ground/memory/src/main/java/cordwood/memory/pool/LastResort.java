package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a pool does before it refuses: looks everywhere for a cell, and gives back everything that
 * is free. Called with nothing claimed and nothing locked.
 */
final class LastResort {

    /*
     * Shards are waited for, but not for long: a claim ends within an operation, and one that does not
     * belongs to a thread that is off its core. A local pool at work is asked to
     * give back by itself, which it does at its next use.
     */

    private static final int CLAIM_SPINS = 100;
    private static final long PAUSE_NANOS = 20_000;

    /** For how long a claim is waited for, to take a cell there. */
    private static final long CLAIM_NANOS = 1_000_000;

    /** Before somebody is refused, one who is at work on a shard, perhaps off its core, can end. */
    private static final long GIVE_BACK_NANOS = 500_000_000;

    /** For how long all local pools together that were asked to give back are waited for. */
    private static final long LOOK_UP_NANOS = 2_000_000;

    private final @Nullable ShardTable shards;
    private final Bucket[] buckets;
    private final RetiredCells retired;

    LastResort(@Nullable ShardTable shards, Bucket[] buckets, RetiredCells retired) {
        this.shards = shards;
        this.buckets = buckets;
        this.retired = retired;
    }

    /** A cell of a bin that has got one, unless it was taken meanwhile or cannot be claimed: 0. */
    long takeFrom(Thread me, Bin bin) {
        Shard shard = bin.shard;
        return shard == null
                ? buckets[bin.sizeClass].allocate()
                : takeFrom(me, shard, bin.sizeClass);
    }

    /** A cell of the class, from wherever there is one; 0 when there is none. */
    long takeAnywhere(Thread me, int sizeClass) {
        ShardTable all = shards;
        for (int i = 0; all != null && sizeClass < all.shard(0).classes() && i < all.count(); i++) {
            long handle = takeFrom(me, all.shard(i), sizeClass);
            if (handle != 0) {
                return handle;
            }
        }
        return buckets[sizeClass].allocate();
    }

    private static long takeFrom(Thread me, Shard shard, int sizeClass) {
        ShardLocal mine = shard.leaseOf(me);
        if (mine != null) {
            return enter(shard, mine) ? shard.bin(sizeClass).allocate() : 0;
        }
        Bin bin = shard.bin(sizeClass);
        if (!bin.mayHaveCells() || !takeOverOrPress(shard)) {
            return 0;
        }
        try {
            return bin.allocate();
        } finally {
            shard.giveBack();
        }
    }

    /** The leaseholder comes back to its shard, waiting for a visitor to leave. */
    private static boolean enter(Shard shard, ShardLocal mine) {
        long deadlineNanos = System.nanoTime() + GIVE_BACK_NANOS;
        boolean entered = shard.enter(mine);
        while (!entered && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            entered = shard.enter(mine);
        }
        return entered;
    }

    /** Becomes the owner of a shard, which a leaseholder at work is asked to grant. */
    private static boolean takeOverOrPress(Shard shard) {
        boolean taken = takeOver(shard, CLAIM_NANOS);
        if (!taken && shard.isLeased()) {
            shard.press();
            long deadlineNanos = System.nanoTime() + LOOK_UP_NANOS;
            while (!taken && System.nanoTime() < deadlineNanos) {
                Thread.onSpinWait();
                taken = shard.takeOver();
            }
        }
        return taken;
    }

    /** Gives back everything that is free in the pool. */
    void giveBack() {
        StackRoom.require();
        Thread me = Thread.currentThread();
        ShardTable all = shards;
        int count = all == null ? 0 : all.count();
        boolean[] pressed = new boolean[count];
        retired.reclaim(Integer.MAX_VALUE);
        for (int i = 0; all != null && i < count; i++) {
            pressed[i] = !giveBack(me, all.shard(i));
        }
        for (Bucket bucket : buckets) {
            bucket.releaseEmpty();
        }
        long deadlineNanos = System.nanoTime() + LOOK_UP_NANOS;
        for (int i = 0; all != null && i < count; i++) {
            while (pressed[i] && all.shard(i).isAsked() && System.nanoTime() < deadlineNanos) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Answers false when the holder is at work and was asked to do it itself. */
    private static boolean giveBack(Thread me, Shard shard) {
        ShardLocal mine = shard.leaseOf(me);
        if (mine != null) {
            if (enter(shard, mine)) {
                shard.releaseEmpty();
            }
            return true;
        }
        if (!shard.hasLeftovers() && (shard.isFree() || shard.isLeased())) {
            return true; // Who has claimed it may have in hand what is missed.
        }
        if (!takeOver(shard, GIVE_BACK_NANOS)) {
            shard.press();
            return false;
        }
        try {
            shard.releaseEmpty();
        } finally {
            shard.giveBack();
        }
        return true;
    }

    /** Takes everything from everybody: the pool is closed. */
    void forget() {
        Thread me = Thread.currentThread();
        ShardTable all = shards;
        for (int i = 0; all != null && i < all.count(); i++) {
            Shard shard = all.shard(i);
            boolean taken = shard.leaseOf(me) == null && takeOver(shard, GIVE_BACK_NANOS);
            shard.forget();
            if (taken) {
                shard.giveBack();
            }
            shard.press();
        }
        for (Bucket bucket : buckets) {
            bucket.forget();
        }
    }

    /** Becomes the owner of a shard, waiting for an operation to end. */
    private static boolean takeOver(Shard shard, long waitNanos) {
        long deadlineNanos = System.nanoTime() + waitNanos;
        boolean taken = shard.takeOver();
        for (int i = 0; !taken && System.nanoTime() < deadlineNanos; i++) {
            if (shard.isLeased()) {
                return shard.takeOver();
            }
            if (i < CLAIM_SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            taken = shard.takeOver();
        }
        return taken;
    }
}
