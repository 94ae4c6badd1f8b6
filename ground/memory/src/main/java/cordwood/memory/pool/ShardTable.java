package cordwood.memory.pool;

import java.lang.ref.WeakReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which thread is at home on which shard.
 *
 * <p>A platform thread is seated, when it first asks, on the shard with the fewest living
 * residents: two threads share one only when every shard has somebody. A virtual thread is given
 * one by its number, since there may be a million of them; it finds another when that one is busy.
 */
final class ShardTable {

    /*
     * Seats are kept by thread number in a small open-addressed table instead of in a ThreadLocal:
     * cheaper to read, per pool, and no burden on virtual threads. It is only a cache of homes.
     * Nothing depends on it for correctness, because every operation claims its shard; so it is read
     * without synchronisation. Numbers of threads are never reused.
     */

    private static final int SEATS = 1 << 10;
    private static final int PROBES = 4;

    private record Seat(long threadId, WeakReference<Thread> thread, Shard shard) {
        boolean isVacant() {
            Thread resident = thread.get();
            return resident == null || !resident.isAlive();
        }
    }

    private final Shard[] shards;
    private final @Nullable Seat[] seats = new Seat[SEATS];
    private final ReentrantLock lock = new ReentrantLock();

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

    /** The calling thread's shard. There must be at least one shard. */
    Shard home() {
        long id = Thread.currentThread().threadId();
        Seat seat = seats[(int) id & (SEATS - 1)];
        return seat != null && seat.threadId == id ? seat.shard : findSeat(id);
    }

    /**
     * Leases the caller's home when nobody else lives there, or else the shard with the fewest
     * residents; null when all are leased.
     */
    @Nullable Shard lease() {
        Shard home = home();
        lock.lock();
        try {
            Shard best = home.residents <= 1 && !home.isLeased() ? home : fewestResidents(true);
            while (best != null && !best.tryLease()) {
                best = fewestResidents(true);
            }
            if (best != null) {
                best.residents++;
                best.leaseholder = Thread.currentThread();
            }
            return best;
        } finally {
            lock.unlock();
        }
    }

    void endLease(Shard shard) {
        lock.lock();
        try {
            takeBack(shard);
        } finally {
            lock.unlock();
        }
    }

    /** Takes seats and leases from threads that have died: others adopt their shards. */
    void vacate() {
        lock.lock();
        try {
            for (int i = 0; i < SEATS; i++) {
                vacate(i);
            }
            for (Shard shard : shards) {
                if (shard.leaseholder != null && !shard.leaseholder.isAlive()) {
                    takeBack(shard);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Shard findSeat(long id) {
        for (int probe = 1; probe < PROBES; probe++) {
            Seat seat = seats[(int) (id + probe) & (SEATS - 1)];
            if (seat != null && seat.threadId == id) {
                return seat.shard;
            }
        }
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? byNumber(id) : takeSeat(thread, id);
    }

    private Shard takeSeat(Thread thread, long id) {
        lock.lock();
        try {
            vacate();
            for (int probe = 0; probe < PROBES; probe++) {
                int place = (int) (id + probe) & (SEATS - 1);
                if (seats[place] == null) {
                    Shard shard = fewestResidents(false);
                    if (shard == null) {
                        shard = byNumber(id);
                    }
                    shard.residents++;
                    seats[place] = new Seat(id, new WeakReference<>(thread), shard);
                    return shard;
                }
            }
            return byNumber(id);
        } finally {
            lock.unlock();
        }
    }

    private void vacate(int place) {
        Seat seat = seats[place];
        if (seat != null && seat.isVacant()) {
            seat.shard.residents--;
            seats[place] = null;
        }
    }

    private static void takeBack(Shard shard) {
        shard.residents--;
        shard.leaseholder = null;
        shard.giveUp();
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
