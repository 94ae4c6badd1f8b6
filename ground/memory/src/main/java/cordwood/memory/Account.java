package cordwood.memory;

import java.time.Duration;

/**
 * One owner's share of the {@link Budget}. Bytes are reserved here <em>before</em> they are
 * allocated and released after they are freed.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Account {

    private final Budget budget;
    private final String owner;

    // Guarded by the budget's lock, and changed by the budget alone.
    long usedBytes;
    long peakBytes;

    Account(Budget budget, String owner) {
        this.budget = budget;
        this.owner = owner;
    }

    /** The name the account was opened under. */
    public String owner() {
        return owner;
    }

    /** Reserves {@code bytes}, or throws {@link BudgetExceeded} and changes nothing. */
    public void reserve(long bytes) {
        if (!tryReserve(bytes)) {
            throw budget.exceeded(this, bytes);
        }
    }

    /** Reserves {@code bytes} and answers true, or changes nothing and answers false. */
    public boolean tryReserve(long bytes) {
        return budget.tryReserve(this, bytes);
    }

    /**
     * Reserves {@code bytes}, waiting until others have released enough: this is the back-pressure
     * of the budget. Waiters are served in the order they came.
     *
     * @throws BudgetExceeded when {@code patience} ran out, or at once when {@code bytes} is more
     *     than the whole budget
     */
    public void reserve(long bytes, Duration patience) throws InterruptedException {
        Boolean reserved =
                bytes > budget.capBytes()
                        ? null
                        : budget.await(() -> tryReserve(bytes) ? Boolean.TRUE : null, patience);
        if (reserved == null) {
            throw budget.exceeded(this, bytes);
        }
    }

    /** Reserves up to {@code mostBytes}, at least {@code leastBytes}, or nothing: what it took. */
    long reserveSome(long leastBytes, long mostBytes) {
        return budget.reserveSome(this, leastBytes, mostBytes);
    }

    /**
     * Gives {@code bytes} back.
     *
     * @throws IllegalStateException when the account does not hold that much
     */
    public void release(long bytes) {
        budget.release(this, bytes);
    }

    /** Bytes reserved now. */
    public long usedBytes() {
        return budget.read(() -> usedBytes);
    }

    /** The most that was ever reserved at once. */
    public long peakBytes() {
        return budget.read(() -> peakBytes);
    }

    @Override
    public String toString() {
        return owner + " " + usedBytes() + " bytes";
    }
}
