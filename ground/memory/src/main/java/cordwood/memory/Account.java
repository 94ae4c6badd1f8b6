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

    /** Whether only the memory itself may use it. */
    private final boolean internal;

    // Guarded by the budget's lock, and changed by the budget alone.
    long usedBytes;
    long peakBytes;

    /** What its open regions charge, of usedBytes: only they give it back. */
    long regionBytes;

    Account(Budget budget, String owner, boolean internal) {
        this.budget = budget;
        this.owner = owner;
        this.internal = internal;
    }

    /** Refuses to be charged by somebody else than its owner, or for memory of another budget. */
    void requireUsable(Budget charged) {
        if (internal || !budget.equals(charged)) {
            throw new IllegalArgumentException(
                    internal
                            ? owner + " is the account of the memory itself"
                            : owner + " is an account of another budget");
        }
    }

    /** The name the account was opened under. */
    public String owner() {
        return owner;
    }

    /**
     * Reserves {@code bytes}, or throws {@link BudgetExceeded} and changes nothing.
     *
     * @throws IllegalArgumentException when {@code bytes} is negative, or the account that of the
     *     memory itself
     */
    public void reserve(long bytes) {
        if (!tryReserve(bytes)) {
            throw budget.exceeded(this, bytes);
        }
    }

    /**
     * Reserves {@code bytes} and answers true, or changes nothing and answers false. Before that
     * everybody is asked for what he does not use: so hold no lock that a {@link Reclaimer} takes.
     *
     * @throws IllegalArgumentException when {@code bytes} is negative, or the account that of the
     *     memory itself
     */
    public boolean tryReserve(long bytes) {
        requireUsable(budget);
        return budget.tryReserve(this, bytes);
    }

    /**
     * As {@link #tryReserve}, but asks nobody and counts no refusal: for one who would be content
     * with less.
     *
     * @throws IllegalArgumentException when {@code bytes} is negative, or the account that of the
     *     memory itself
     */
    public boolean tryReserveQuietly(long bytes) {
        requireUsable(budget);
        return budget.tryReserveQuietly(this, bytes);
    }

    /**
     * Reserves {@code bytes}, waiting until others have released enough: this is the back-pressure
     * of the budget. While one waits, newcomers are refused what would take from the first in line.
     * Chunks being closed or made ahead are waited for however short patience is: they are
     * nobody's.
     *
     * @throws BudgetExceeded when {@code patience} ran out, or at once when {@code bytes} is more
     *     than the whole budget
     * @throws IllegalStateException when the memory is closed and there is no room at once
     * @throws IllegalArgumentException when {@code bytes} is negative, or the account that of the
     *     memory itself
     */
    public void reserve(long bytes, Duration patience) throws InterruptedException {
        requireUsable(budget);
        if (!budget.reserve(this, bytes, patience)) {
            throw budget.exceeded(this, bytes);
        }
    }

    /**
     * Gives {@code bytes} back that were reserved here; what a region charges goes back with it.
     *
     * @throws IllegalStateException when the account did not reserve that much
     * @throws IllegalArgumentException when {@code bytes} is negative, or the account that of the
     *     memory itself
     */
    public void release(long bytes) {
        requireUsable(budget);
        budget.release(this, bytes);
    }

    /** Bytes reserved now. */
    public long usedBytes() {
        return budget.usedBytes(this);
    }

    /** The most that was ever reserved at once. */
    public long peakBytes() {
        return budget.peakBytes(this);
    }

    @Override
    public String toString() {
        return owner + " " + usedBytes() + " bytes";
    }
}
