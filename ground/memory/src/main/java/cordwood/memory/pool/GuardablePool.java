package cordwood.memory.pool;

import cordwood.memory.Account;
import java.util.function.LongPredicate;

/**
 * A pool that checked mode can stand in front of: a cell that was never used is filled with {@link
 * Guards#POISON}.
 */
interface GuardablePool extends CellPool {

    /** What the pool is charged to. */
    Account account();

    /** Asks everybody to give back what he does not use, since the system refuses. */
    void askReclaimers();

    /** Whether the handle was, or might have been, issued by this pool. */
    boolean isOwn(long handle);

    /**
     * Has {@code free} asked, instead of freeing, when the retirement of a cell is over. It answers
     * false while a system call still uses the cell: then it is asked again later.
     */
    void sendRetiredTo(LongPredicate free);

    /** Has {@code task} run before every round of upkeep, and of {@link #trim}. */
    void beginUpkeepWith(Runnable task);

    /** Ends the life of a cell whose retirement is over. */
    void freeRetired(long handle);

    /** Counts a resize that took another cell, of so many bytes. */
    void countRemap(int cellBytes);

    /**
     * Does nothing.
     *
     * @throws IllegalStateException after close
     */
    void requireOpen();
}
