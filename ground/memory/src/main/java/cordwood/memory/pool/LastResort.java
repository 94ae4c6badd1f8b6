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
     * Shards are waited for, but not for long: a claim ends within an operation, and one that does
     * not belongs to a thread that is off its core. A local pool at work is asked to give back by
     * itself and to grant its shard, which it does at its next use. Who looks around here has granted
     * his own, so that no two leaseholders wait for each other.
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

    /** A cell of the class, from wherever there seems to be one and nobody is at work; or 0. */
    long takeWhatShows(Thread me, int sizeClass) {
        long handle = tryTakeFromShards(me, sizeClass, false);
        return handle != 0 && handle != Shard.BUSY ? handle : buckets[sizeClass].allocate();
    }

    /**
     * A cell of the class, from wherever there is one; 0 when there is none. Every shard is
     * visited: who works there may have in hand what is missed. Shards that are taken are tried
     * again until the deadline.
     */
    long takeAnywhere(Thread me, int sizeClass, long deadlineNanos) {
        for (int round = 0; ; round++) {
            boolean isOver = System.nanoTime() - deadlineNanos >= 0;
            long handle = tryTakeFromShards(me, sizeClass, true);
            if (handle != 0 && handle != Shard.BUSY) {
                return handle;
            }
            long fromBucket = buckets[sizeClass].allocate();
            if (fromBucket != 0 || handle == 0 || isOver) {
                return fromBucket;
            }
            pause(round);
        }
    }

    /** A cell of any shard: 0 when none has one, BUSY when one that is taken may. */
    private long tryTakeFromShards(Thread me, int sizeClass, boolean visitsAll) {
        ShardTable all = shards;
        long answer = 0;
        for (int i = 0; all != null && sizeClass < all.shard(0).classes() && i < all.count(); i++) {
            Shard shard = all.shard(i);
            long handle = tryTakeFrom(me, shard, sizeClass, visitsAll);
            if (handle != 0 && handle != Shard.BUSY) {
                return handle;
            }
            if (handle == Shard.BUSY) {
                answer = Shard.BUSY;
                if (visitsAll && shard.leaseOf(me) == null) {
                    shard.pressForGrant();
                }
            }
        }
        return answer;
    }

    private static long takeFrom(Thread me, Shard shard, int sizeClass) {
        long waitNanos = shard.leaseOf(me) == null ? CLAIM_NANOS : GIVE_BACK_NANOS;
        long deadlineNanos = System.nanoTime() + waitNanos;
        long handle = tryTakeFrom(me, shard, sizeClass, false);
        for (int i = 0; handle == Shard.BUSY && System.nanoTime() - deadlineNanos < 0; i++) {
            if (shard.leaseOf(me) == null) {
                shard.pressForGrant();
            }
            pause(i);
            handle = tryTakeFrom(me, shard, sizeClass, false);
        }
        return handle == Shard.BUSY ? 0 : handle;
    }

    /**
     * A cell of a shard: 0 when it has none, BUSY when it is taken and may have one. With {@code
     * visits} what others see of a leased one does not count, and a leaseholder lets others in.
     */
    private static long tryTakeFrom(Thread me, Shard shard, int sizeClass, boolean visits) {
        Bin bin = shard.bin(sizeClass);
        ShardLocal mine = shard.leaseOf(me);
        if (mine != null) {
            boolean granted = shard.isGranted();
            if (!shard.enter(mine)) {
                return Shard.BUSY;
            }
            long handle = bin.allocate();
            leave(shard, mine, granted || visits);
            return handle;
        }
        if (!visits && shard.isLeased() && !bin.mayHaveCells()) {
            return 0;
        }
        if (!shard.takeOver()) {
            return Shard.BUSY;
        }
        try {
            return bin.allocate();
        } finally {
            shard.giveBack();
        }
    }

    /**
     * A leaseholder that goes on looking elsewhere lets others into its shards meanwhile. It comes
     * back at its next use.
     */
    void grantOwn(Thread me) {
        ShardTable all = shards;
        for (int i = 0; all != null && i < all.count(); i++) {
            Shard shard = all.shard(i);
            ShardLocal mine = shard.leaseOf(me);
            if (mine != null) {
                leave(shard, mine, true);
            }
        }
    }

    /**
     * The leaseholder has been in its shard. If it was granted it stays so: whoever wants to come
     * in may not have been quick enough.
     */
    private static void leave(Shard shard, ShardLocal mine, boolean granted) {
        if (granted) {
            mine.askToLookUp();
            shard.grant();
        }
    }

    private static void pause(int round) {
        if (round < CLAIM_SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
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
            boolean granted = shard.isGranted();
            if (enter(shard, mine)) {
                shard.releaseEmpty();
                leave(shard, mine, granted);
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
            pause(i);
            taken = shard.takeOver();
        }
        return taken;
    }
}
