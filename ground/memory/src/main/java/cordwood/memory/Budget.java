package cordwood.memory;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one hard cap on off-heap memory. The sum of all accounts never exceeds it, not by a byte and
 * not for a moment.
 *
 * <p>Safe for use by any number of threads, virtual ones too.
 */
public final class Budget {

    /*
     * Invariants, true whenever the lock is free:
     *   1. usedBytes is the sum of usedBytes over all accounts.
     *   2. 0 <= usedBytes <= capBytes.
     *
     * One lock instead of atomics: reservations are made for regions, not for records, so they are
     * rare, and under a lock the sum, the parts and the peaks agree at every moment.
     */

    private final long capBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Held by the waiter whose turn it is: fair, so that a large request is not starved. */
    private final ReentrantLock turn = new ReentrantLock(true);

    // Guarded by lock.
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private long usedBytes;
    private long peakBytes;
    private long refusals;
    private long changes;

    /** A budget of {@code capBytes}, all of it free. */
    public Budget(long capBytes) {
        if (capBytes <= 0) {
            throw new IllegalArgumentException("a budget of " + capBytes + " bytes");
        }
        this.capBytes = capBytes;
    }

    /** The account of {@code owner}; the same name is always the same account. */
    public Account account(String owner) {
        lock.lock();
        try {
            return accounts.computeIfAbsent(owner, name -> new Account(this, name));
        } finally {
            lock.unlock();
        }
    }

    /** Every account opened so far, in the order of opening. */
    public List<Account> accounts() {
        lock.lock();
        try {
            return List.copyOf(accounts.values());
        } finally {
            lock.unlock();
        }
    }

    /** The cap. */
    public long capBytes() {
        return capBytes;
    }

    /** Bytes reserved now, over all accounts. */
    public long usedBytes() {
        return read(() -> usedBytes);
    }

    /** The most that was ever reserved at once. */
    public long peakBytes() {
        return read(() -> peakBytes);
    }

    /** Reservations that did not fit when they were tried. */
    public long refusals() {
        return read(() -> refusals);
    }

    boolean tryReserve(Account account, long bytes) {
        return bytes == 0 || reserveSome(account, bytes, bytes) > 0;
    }

    long reserveSome(Account account, long leastBytes, long mostBytes) {
        if (leastBytes <= 0 || mostBytes < leastBytes) {
            throw new IllegalArgumentException("reserve of " + leastBytes + " bytes");
        }
        lock.lock();
        try {
            long bytes = Math.min(mostBytes, capBytes - usedBytes);
            if (bytes < leastBytes) {
                refusals++;
                return 0;
            }
            usedBytes += bytes;
            peakBytes = Math.max(peakBytes, usedBytes);
            add(account, bytes);
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    void release(Account account, long bytes) {
        lock.lock();
        try {
            subtract(account, bytes);
            usedBytes -= bytes;
            announce();
        } finally {
            lock.unlock();
        }
    }

    /** Moves reserved bytes between owners; what is used in all stays the same. */
    void transfer(Account from, Account to, long bytes) {
        lock.lock();
        try {
            subtract(from, bytes);
            add(to, bytes);
            announce();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tries {@code attempt} now and after every change until it answers something or {@code
     * patience} runs out, one waiter at a time in order of arrival.
     */
    <T> @Nullable T await(Supplier<@Nullable T> attempt, Duration patience)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return null;
        }
        try {
            while (true) {
                long seen = read(() -> changes);
                @Nullable T answer = attempt.get();
                if (answer != null || !awaitChange(seen, deadlineNanos)) {
                    return answer;
                }
            }
        } finally {
            turn.unlock();
        }
    }

    BudgetExceeded exceeded(Account account, long askedBytes) {
        return new BudgetExceeded(account.owner(), askedBytes, usedBytes(), capBytes);
    }

    long read(LongSupplier figure) {
        lock.lock();
        try {
            return figure.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitChange(long seen, long deadlineNanos) throws InterruptedException {
        lock.lock();
        try {
            while (changes == seen) {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    return false;
                }
                changed.awaitNanos(leftNanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void announce() {
        changes++;
        changed.signalAll();
    }

    private static void add(Account account, long bytes) {
        account.usedBytes += bytes;
        account.peakBytes = Math.max(account.peakBytes, account.usedBytes);
    }

    private static void subtract(Account account, long bytes) {
        if (bytes < 0 || bytes > account.usedBytes) {
            throw new IllegalStateException(
                    "%s releases %d of %d bytes"
                            .formatted(account.owner(), bytes, account.usedBytes));
        }
        account.usedBytes -= bytes;
    }
}
