package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one hard cap on off-heap memory. The sum of all accounts never exceeds it, not by a byte and
 * not for a moment.
 *
 * <p>Before anybody is refused, every {@link Reclaimer} is asked. Those who wait stand in line:
 * while there is one, others get only what leaves enough free for the first, so that one who waits
 * for much is not starved by many who want little. Its patience ends that.
 *
 * <p>Safe for use by any number of threads, virtual ones too.
 */
public final class Budget {

    /*
     * Invariants, true whenever the lock is free:
     *   1. usedBytes is the sum of usedBytes over all accounts.
     *   2. 0 <= usedBytes <= capBytes.
     *   3. An account's regionBytes is what its open regions charge, at most its usedBytes: nobody
     *      can release what a region will give back.
     *
     * One lock instead of atomics: reservations are made for regions, not for records, so they are
     * rare, and under a lock the sum, the parts and the peaks agree at every moment.
     *
     * Under the lock everything is computed and notified first and then stored, with no call and no
     * allocation in between: an Error leaves all of a change or nothing of it. The lock is a
     * monitor, since that is given back without a call.
     */

    private static final String IDLE = "idle";

    /** How often one who waits asks the reclaimers again: what they hold changes in silence. */
    private static final long ASK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long capBytes;
    private final Object lock = new Object();
    private final FailureTally failures = new FailureTally();
    private final Reclaimers reclaimers = new Reclaimers(failures);

    // Guarded by lock.
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private @Nullable Account idle;
    private long usedBytes;
    private long peakBytes;
    private long regionBytes;
    private long refusals;
    private long changes;
    private @Nullable Waiter firstWaiter;
    private boolean closed;

    /** A budget of {@code capBytes}, all of it free. */
    public Budget(long capBytes) {
        if (capBytes <= 0) {
            throw new IllegalArgumentException("a budget of " + capBytes + " bytes");
        }
        this.capBytes = capBytes;
    }

    /**
     * The account of {@code owner}; the same name is always the same account. That of the memory
     * which is in no region, {@code idle}, can be looked at but not used.
     */
    public Account account(String owner) {
        Objects.requireNonNull(owner);
        StackRoom.require();
        synchronized (lock) {
            Account account = accounts.get(owner);
            if (account == null) {
                account = new Account(this, owner, false);
                accounts.put(owner, account);
            }
            return account;
        }
    }

    /** The account of what was taken from the system and is in no region: nobody else's. */
    Account idleAccount() {
        synchronized (lock) {
            Account account = idle;
            if (account == null) {
                account = new Account(this, IDLE, true);
                accounts.put(IDLE, account);
                idle = account;
            }
            return account;
        }
    }

    /** Every account opened so far, in the order of opening. */
    public List<Account> accounts() {
        synchronized (lock) {
            return List.copyOf(accounts.values());
        }
    }

    /** The cap. */
    public long capBytes() {
        return capBytes;
    }

    /** Bytes reserved now, over all accounts. */
    public long usedBytes() {
        synchronized (lock) {
            return usedBytes;
        }
    }

    /** The most that was ever reserved at once. */
    public long peakBytes() {
        synchronized (lock) {
            return peakBytes;
        }
    }

    /** How often somebody was refused. */
    public long refusals() {
        synchronized (lock) {
            return refusals;
        }
    }

    long usedBytes(Account account) {
        synchronized (lock) {
            return account.usedBytes;
        }
    }

    long peakBytes(Account account) {
        synchronized (lock) {
            return account.peakBytes;
        }
    }

    /** What all regions together charge to their owners. */
    long regionBytes() {
        synchronized (lock) {
            return regionBytes;
        }
    }

    /** Who failed when asked to give back, and what fails on the threads of the memory. */
    FailureTally failures() {
        return failures;
    }

    /** Who is asked before anybody is refused; the last one added is asked first. */
    Reclaimers reclaimers() {
        return reclaimers;
    }

    /** Has everybody give back what he does not use, unless this thread is doing so already. */
    void askReclaimers() {
        reclaimers.ask();
    }

    boolean tryReserveQuietly(Account account, long bytes) {
        return bytes == 0 || take(account, checked(bytes), bytes, null) > 0;
    }

    boolean tryReserve(Account account, long bytes) {
        if (tryReserveQuietly(account, bytes)) {
            return true;
        }
        if (bytes <= capBytes) {
            askReclaimers();
            if (take(account, bytes, bytes, null) > 0) {
                return true;
            }
        }
        countRefusal();
        return false;
    }

    /** Reserves, waiting in line for as long as {@code patience}; answers false when refused. */
    boolean reserve(Account account, long bytes, Duration patience) throws InterruptedException {
        if (bytes == 0) {
            return true;
        }
        if (checked(bytes) <= capBytes) {
            Waiter waiter = new Waiter(bytes, 0, patience);
            if (await(waiter, w -> take(account, bytes, bytes, w) > 0 ? w : null) != null) {
                return true;
            }
        }
        countRefusal();
        return false;
    }

    /**
     * Reserves up to {@code mostBytes}, at least {@code leastBytes}, which is more than 0: what it
     * took, or 0. Asks nobody to give back and counts no refusal.
     */
    long take(Account account, long leastBytes, long mostBytes, @Nullable Waiter waiter) {
        synchronized (lock) {
            long room = freeBytes(waiter);
            if (room < leastBytes) {
                return 0;
            }
            long bytes = mostBytes < room ? mostBytes : room;
            long accountBytes = account.usedBytes + bytes;
            if (waiter != null) {
                waiter.keptBytes = 0;
            }
            usedBytes += bytes;
            peakBytes = peakBytes < usedBytes ? usedBytes : peakBytes;
            account.usedBytes = accountBytes;
            account.peakBytes = account.peakBytes < accountBytes ? accountBytes : account.peakBytes;
            return bytes;
        }
    }

    /** What {@code waiter}, or with null a newcomer, could take now; less than 0 perhaps. */
    long freeBytes(@Nullable Waiter waiter) {
        synchronized (lock) {
            long room = capBytes - usedBytes;
            return firstWaiter == null || firstWaiter == waiter
                    ? room
                    : room - firstWaiter.keptBytes;
        }
    }

    /**
     * What the first in line lacks that {@code waiter}, or with null a newcomer, must not take by
     * cutting from a chunk of so many granules; {@link Long#MAX_VALUE} when the first could be
     * served by a cut from it himself, 0 or less when he lacks nothing.
     */
    long lackedBytes(@Nullable Waiter waiter, int chunkGranules) {
        synchronized (lock) {
            Waiter first = firstWaiter;
            if (first == null || first == waiter) {
                return 0;
            }
            long lackedBytes = first.keptBytes - (capBytes - usedBytes);
            boolean wantsCut = first.granules > 0 && first.granules <= chunkGranules;
            return lackedBytes > 0 && wantsCut ? Long.MAX_VALUE : lackedBytes;
        }
    }

    void release(Account account, long bytes) {
        synchronized (lock) {
            requireHeld(account, account.usedBytes - account.regionBytes, bytes);
            notifyWaiters();
            account.usedBytes -= bytes;
            usedBytes -= bytes;
            changes++;
        }
    }

    /** Moves what a region charges from the idle account to its owner. */
    void charge(Account idle, Account owner, long bytes) {
        synchronized (lock) {
            requireHeld(idle, idle.usedBytes, bytes);
            long ownerBytes = owner.usedBytes + bytes;
            idle.usedBytes -= bytes;
            owner.usedBytes = ownerBytes;
            owner.regionBytes += bytes;
            owner.peakBytes = owner.peakBytes < ownerBytes ? ownerBytes : owner.peakBytes;
            regionBytes += bytes;
        }
    }

    /** Moves what a region charged back to the idle account. */
    void discharge(Account owner, Account idle, long bytes) {
        synchronized (lock) {
            requireHeld(owner, owner.regionBytes, bytes);
            notifyWaiters();
            long idleBytes = idle.usedBytes + bytes;
            owner.usedBytes -= bytes;
            owner.regionBytes -= bytes;
            idle.usedBytes = idleBytes;
            idle.peakBytes = idle.peakBytes < idleBytes ? idleBytes : idle.peakBytes;
            regionBytes -= bytes;
            changes++;
        }
    }

    /** Ends all waiting, now and from now on. */
    void endWaiting() {
        synchronized (lock) {
            notifyWaiters();
            closed = true;
            changes++;
        }
    }

    void countRefusal() {
        synchronized (lock) {
            refusals++;
        }
    }

    /**
     * Stands in line and tries {@code attempt} now and after every change until it answers
     * something or the waiter's patience runs out. The attempt passes the waiter on to {@link
     * #take}. Again and again only the first in line asks everybody: that serves the others too.
     *
     * @throws IllegalStateException when waiting has been ended
     */
    <T> @Nullable T await(Waiter waiter, Function<Waiter, @Nullable T> attempt)
            throws InterruptedException {
        StackRoom.require();
        lineUp(waiter);
        try {
            boolean asks = true;
            while (true) {
                long seen = changes();
                T answer = attempt.apply(waiter);
                if (answer == null && asks) {
                    keepFor(waiter);
                    reclaimers.ask();
                    answer = attempt.apply(waiter);
                }
                if (answer == null) {
                    keepFor(waiter);
                }
                if (answer != null || !awaitChange(waiter, seen)) {
                    return answer;
                }
                asks = isFirst(waiter);
            }
        } finally {
            leave(waiter);
        }
    }

    /** A waiter was served without {@link #take}: nothing is kept from others for it any more. */
    void served(Waiter waiter) {
        synchronized (lock) {
            waiter.keptBytes = 0;
        }
    }

    /** What a waiter took came to nothing: its wish is kept from others again. */
    private void keepFor(Waiter waiter) {
        synchronized (lock) {
            waiter.keptBytes = waiter.wishBytes;
        }
    }

    BudgetExceeded exceeded(Account account, long askedBytes) {
        return new BudgetExceeded(account.owner(), askedBytes, usedBytes(), capBytes);
    }

    private long changes() {
        synchronized (lock) {
            return changes;
        }
    }

    private boolean isFirst(Waiter waiter) {
        synchronized (lock) {
            return firstWaiter == waiter;
        }
    }

    private void lineUp(Waiter waiter) {
        synchronized (lock) {
            Waiter last = firstWaiter;
            if (last == null) {
                firstWaiter = waiter;
                return;
            }
            while (last.next != null) {
                last = last.next;
            }
            last.next = waiter;
        }
    }

    private void leave(Waiter waiter) {
        synchronized (lock) {
            lock.notifyAll();
            changes++;
            Waiter before = firstWaiter;
            if (before == waiter) {
                firstWaiter = waiter.next;
                return;
            }
            while (before != null && before.next != waiter) {
                before = before.next;
            }
            if (before != null) {
                before.next = waiter.next;
            }
        }
    }

    /** Answers false once the deadline has passed; true when it is time to try again. */
    private boolean awaitChange(Waiter waiter, long seen) throws InterruptedException {
        synchronized (lock) {
            long startNanos = System.nanoTime();
            while (true) {
                if (closed) {
                    throw new IllegalStateException("memory is closed");
                }
                long nowNanos = System.nanoTime();
                long leftNanos = waiter.deadlineNanos - nowNanos;
                if (leftNanos <= 0) {
                    return false;
                }
                boolean polls = firstWaiter == waiter || waiter.refusal != null;
                long pollNanos = startNanos + ASK_EVERY_NANOS - nowNanos;
                boolean changed = changes != seen && waiter.refusal == null;
                if (changed || (polls && pollNanos <= 0)) {
                    return true;
                }
                TimeUnit.NANOSECONDS.timedWait(
                        lock, polls ? Math.min(leftNanos, pollNanos) : leftNanos);
            }
        }
    }

    private void notifyWaiters() {
        if (firstWaiter != null) {
            lock.notifyAll();
        }
    }

    private static void requireHeld(Account account, long heldBytes, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        if (bytes > heldBytes) {
            throw new IllegalStateException(
                    "%s releases %d of %d bytes".formatted(account.owner(), bytes, heldBytes));
        }
    }

    private static long checked(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("reserve of " + bytes + " bytes");
        }
        return bytes;
    }
}
