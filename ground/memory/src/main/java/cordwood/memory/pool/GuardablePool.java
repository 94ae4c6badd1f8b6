package cordwood.memory.pool;

import cordwood.memory.Account;
import java.util.function.LongConsumer;

/**
 * A pool that checked mode can stand in front of: a cell that was never used is filled with {@link
 * Guards#POISON}.
 */
interface GuardablePool extends CellPool {

    /** What the pool is charged to. */
    Account account();

    /** Whether the handle was, or might have been, issued by this pool. */
    boolean isOwn(long handle);

    /** Has retired cells freed by {@code free} instead. */
    void sendRetiredTo(LongConsumer free);
}
