package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.ThreadEnd;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The walks of cursors that have an iterator, which keeps memtables and blocks alive. Those that
 * rest, between two calls of their cursor, are told to let go of it where there are too many, where
 * they have rested for long, and where memory is short. Thread-safe.
 *
 * <p>The block cache itself refuses nothing: if it did, a flush could fail for what readers hold,
 * and with it all writing.
 */
final class OpenWalks implements AutoCloseable {

    /** What the walks keep alive, against what they may. */
    interface Room {
        /** Whether more is kept in memory than the budget has room for, by whomever. */
        boolean isShort();

        /** Whether that is so because of blocks that walks stand on. */
        boolean isTakenByWalks();
    }

    /** How long a walk that goes on keeps alive what it began with. */
    static final long PIN_NANOS_MAX = 1_000_000_000L;

    private static final long TICK_NANOS = 100_000_000L;
    private static final long ANY_TIME = -1;

    private final int walksMax;
    private final long pinNanosMax;
    private final Room room;
    private final Thread upkeep;

    // guarded by itself; those that opened first come first
    private final Set<Walk> open = new LinkedHashSet<>();

    private final Object taking = new Object();
    private final ReentrantLock moving = new ReentrantLock();
    private volatile boolean closed;

    OpenWalks(int walksMax, long pinNanosMax, Room room) {
        this.walksMax = walksMax;
        this.pinNanosMax = pinNanosMax;
        this.room = room;
        this.upkeep =
                Thread.ofPlatform().daemon().name("rocksdb-walks").unstarted(this::keepLooking);
    }

    /** From now on looks after the walks by itself. */
    void start() {
        upkeep.start();
    }

    private void keepLooking() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            try {
                tick();
            } catch (Throwable _) {
                // a full heap: the next tick does it
            }
        }
    }

    /** Lets those go that rest and should not keep what they have. */
    void tick() {
        if (size() > 0) {
            letGo(Integer.MAX_VALUE, room.isShort() ? ANY_TIME : 2 * pinNanosMax);
        }
    }

    /** Whether a walk that goes on must seek again rather than move. */
    boolean isStale(Walk walk) {
        return walk.isOlderThan(pinNanosMax);
    }

    /** Counts a walk that is about to make its iterator; others that rest make way for it. */
    void opening(Walk walk) {
        int tooMany;
        synchronized (open) {
            open.add(walk);
            tooMany = open.size() - walksMax;
        }
        if (tooMany > 0) {
            letGo(tooMany + walksMax / 8, ANY_TIME);
        }
    }

    /** Forgets a walk that has no iterator any more. */
    void closed(Walk walk) {
        synchronized (open) {
            open.remove(walk);
        }
    }

    /**
     * Lets a walk go somewhere, one at a time while memory is short: each may read a large block
     * before {@link #arrived} can say that there is no room.
     */
    boolean move(BooleanSupplier walk) {
        if (!room.isShort()) {
            return walk.getAsBoolean();
        }
        moving.lock();
        try {
            return walk.getAsBoolean();
        } finally {
            moving.unlock();
        }
    }

    /**
     * Sees to it that what walks keep stays in bounds, now that one of them stands somewhere else.
     * One that is alone may stand anywhere, so that the largest record can be read.
     *
     * @throws StoreException.Busy when there is no room; the walk must let go
     */
    void arrived(Walk walk) {
        if (!room.isShort()) {
            return;
        }
        letGo(Integer.MAX_VALUE, ANY_TIME);
        if (!isAlone(walk) && room.isTakenByWalks()) {
            throw new StoreException.Busy("cursors hold all of the block cache that they may");
        }
    }

    private boolean isAlone(Walk walk) {
        synchronized (open) {
            return open.stream().allMatch(walk::isOfSameCursor);
        }
    }

    /** One thread at a time, so that a walk that cannot be had is in use by its cursor. */
    private void letGo(int count, long restedNanosMin) {
        synchronized (taking) {
            int left = count;
            for (Walk walk : snapshot()) {
                if (left == 0) {
                    return;
                }
                if (walk.tryLetGo(restedNanosMin)) {
                    left--;
                }
            }
        }
    }

    private List<Walk> snapshot() {
        synchronized (open) {
            return new ArrayList<>(open);
        }
    }

    /** How many walks have an iterator. */
    int size() {
        synchronized (open) {
            return open.size();
        }
    }

    /** Stops looking after walks, before the database closes. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(upkeep);
        ThreadEnd.await(upkeep);
    }
}
