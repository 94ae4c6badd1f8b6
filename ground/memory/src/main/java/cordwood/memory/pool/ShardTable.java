package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;
import java.lang.ref.WeakReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which thread is at home on which shard.
 *
 * <p>A platform thread is seated, when it first asks, on the shard with the fewest living
 * residents: two threads share one only when every shard has somebody. A virtual thread is given
 * one by its number, since there may be a million of them; it finds another when that one is busy.
 * Who is at home on a shard that a local pool has leased moves to one that is not.
 */
final class ShardTable {

    /*
     * Seats are kept by thread number in open-addressed tables instead of in a ThreadLocal: cheaper to
     * read, per pool, and no burden on virtual threads. They are only a cache of homes. Nothing depends
     * on them for correctness, because every operation claims its shard; so they are read without
     * synchronisation. Numbers of threads are never reused.
     *
     * A thread that finds no seat near its place in the first table, whose size is fixed since that is
     * faster to read, sits in the second, which doubles when it is crowded. At its largest a thread that
     * finds none there either is given a shard by its number.
     */

    private static final int SEATS = 1 << 10;
    private static final int MORE_SEATS_MIN = 1 << 11;
    private static final int MORE_SEATS_MAX = 1 << 16;
    private static final int PROBES = 4;

    /** How many seats a thread looks through for dead ones before it sits down; upkeep does all. */
    private static final int SEATS_SCANNED_MAX = 1 << 10;

    /** How often and for how long at a time a lease waits for a momentary claim to end. */
    private static final int LEASE_ATTEMPTS = 200;

    private static final long LEASE_PAUSE_NANOS = 10_000;

    /** One thread's home; another one's when that shard is leased. */
    private static final class Seat {
        final long threadId;
        final WeakReference<Thread> thread;
        Shard shard;

        Seat(Thread thread, Shard shard) {
            this.threadId = thread.threadId();
            this.thread = new WeakReference<>(thread);
            this.shard = shard;
        }

        boolean isVacant() {
            Thread resident = thread.get();
            return resident == null || !resident.isAlive();
        }
    }

    private final Shard[] shards;

    private final @Nullable Seat[] seats = new Seat[SEATS];

    /** Replaced as a whole when it grows. */
    private @Nullable Seat[] moreSeats = {};

    /** Written under the lock. */
    private volatile int leases;

    ShardTable(int count, SlabTable table, SizeClasses classes) {
        this.shards = new Shard[count];
        for (int i = 0; i < count; i++) {
            shards[i] = new Shard(i, table, classes);
        }
    }

    int count() {
        return shards.length;
    }

    Shard shard(int number) {
        return shards[number];
    }

    /** The thread's shard. There must be at least one shard. */
    Shard home(Thread thread) {
        long id = thread.threadId();
        Seat seat = seats[(int) id & (SEATS - 1)];
        return seat != null && seat.threadId == id ? seat.shard : findHome(thread, id);
    }

    /** Another home for a thread whose own is leased to somebody; the same when all are. */
    Shard move(Thread thread, Shard from) {
        return leases == shards.length || thread.isVirtual() ? from : moveSeat(thread, from);
    }

    private synchronized Shard moveSeat(Thread thread, Shard from) {
        Shard to = fewestResidents(true);
        Seat seat = findSeat(thread.threadId());
        if (to == null || seat == null || !seat.shard.equals(from)) {
            return to == null ? from : to;
        }
        from.residents--;
        to.residents++;
        seat.shard = to;
        return to;
    }

    /**
     * Leases the caller's home when nobody else lives there, or else the shard with the fewest
     * residents; null when none is to be had.
     */
    @Nullable Shard lease(Thread me, ShardLocal by) {
        Shard home = home(me);
        for (int attempt = 0; attempt < LEASE_ATTEMPTS; attempt++) {
            synchronized (this) {
                Shard best = home.residents <= 1 && !home.isLeased() ? home : fewestResidents(true);
                if (best == null) {
                    return null;
                }
                if (best.tryLease(by)) {
                    best.residents++;
                    leases++;
                    return best;
                }
            }
            LockSupport.parkNanos(LEASE_PAUSE_NANOS);
        }
        return null;
    }

    synchronized void endLease(Shard shard) {
        shard.endLease();
        shard.residents--;
        leases--;
    }

    /** Takes seats and leases from threads that have died: others adopt their shards. */
    synchronized void vacate() {
        vacate(seats, 0, SEATS);
        vacate(moreSeats, 0, moreSeats.length);
        for (Shard shard : shards) {
            Thread leaseholder = shard.leaseholder();
            if (leaseholder != null && !leaseholder.isAlive()) {
                endLease(shard);
            }
        }
    }

    private static void vacate(@Nullable Seat[] all, int first, int count) {
        for (int place = first; place < Math.min(first + count, all.length); place++) {
            Seat seat = all[place];
            if (seat != null && seat.isVacant()) {
                seat.shard.residents--;
                all[place] = null;
            }
        }
    }

    private Shard findHome(Thread thread, long id) {
        Seat seat = findSeat(id);
        if (seat != null) {
            return seat.shard;
        }
        return thread.isVirtual() ? byNumber(id) : takeSeat(thread, id);
    }

    private @Nullable Seat findSeat(long id) {
        Seat seat = find(seats, id);
        return seat == null && moreSeats.length > 0 ? find(moreSeats, id) : seat;
    }

    private static @Nullable Seat find(@Nullable Seat[] all, long id) {
        for (int probe = 0; probe < PROBES; probe++) {
            Seat seat = all[(int) (id + probe) & (all.length - 1)];
            if (seat != null && seat.threadId == id) {
                return seat;
            }
        }
        return null;
    }

    private Shard takeSeat(Thread thread, long id) {
        if (moreSeats.length == MORE_SEATS_MAX
                && isCrowded(seats, id)
                && isCrowded(moreSeats, id)) {
            return byNumber(id);
        }
        StackRoom.require();
        return seat(thread, id);
    }

    /** Whether all seats near a thread's place are those of living threads. */
    private static boolean isCrowded(@Nullable Seat[] all, long id) {
        for (int probe = 0; probe < PROBES; probe++) {
            Seat seat = all[(int) (id + probe) & (all.length - 1)];
            if (seat == null || seat.isVacant()) {
                return false;
            }
        }
        return true;
    }

    private synchronized Shard seat(Thread thread, long id) {
        vacate(seats, 0, SEATS);
        if (moreSeats.length > 0) {
            vacate(moreSeats, (int) id & (moreSeats.length - 1), SEATS_SCANNED_MAX);
        }
        Shard shard = fewestResidents(true);
        if (shard == null) {
            shard = fewestResidents(false);
        }
        if (shard == null) {
            return byNumber(id);
        }
        Seat seat = new Seat(thread, shard);
        boolean isSeated = place(seats, seat) || place(moreSeats, seat);
        while (!isSeated && moreSeats.length < MORE_SEATS_MAX) {
            grow();
            isSeated = place(moreSeats, seat);
        }
        if (isSeated) {
            shard.residents++;
        }
        return shard;
    }

    /** Whoever finds no seat in the larger table is seated again. */
    private void grow() {
        @Nullable Seat[] more = new Seat[Math.max(MORE_SEATS_MIN, moreSeats.length * 2)];
        for (Seat seat : moreSeats) {
            if (seat != null && !place(more, seat)) {
                seat.shard.residents--;
            }
        }
        moreSeats = more;
    }

    private static boolean place(@Nullable Seat[] all, Seat seat) {
        for (int probe = 0; probe < PROBES && all.length > 0; probe++) {
            int place = (int) (seat.threadId + probe) & (all.length - 1);
            if (all[place] == null) {
                all[place] = seat;
                return true;
            }
        }
        return false;
    }

    private @Nullable Shard fewestResidents(boolean unleased) {
        Shard best = null;
        for (Shard shard : shards) {
            if ((!unleased || !shard.isLeased())
                    && (best == null || shard.residents < best.residents)) {
                best = shard;
            }
        }
        return best;
    }

    private Shard byNumber(long threadId) {
        return shards[(int) Long.remainderUnsigned(threadId, shards.length)];
    }
}
