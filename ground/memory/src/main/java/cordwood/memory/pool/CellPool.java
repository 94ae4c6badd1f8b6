package cordwood.memory.pool;

import java.util.List;

/**
 * An allocator of off-heap cells on a {@link cordwood.memory.Memory}, whatever its {@link
 * AllocatorMode mode}: charged to the budget before anything is allocated, with checked handles.
 *
 * <p>Safe for use by any number of threads, virtual ones too. A cell may be freed by any thread,
 * and outlives the one that allocated it.
 */
public interface CellPool extends CellAllocator, AutoCloseable {

    /** The calling thread's own way in. */
    LocalPool local();

    /**
     * Runs one round of upkeep: takes in what was freed from outside and retired, and gives back
     * what was reserved ahead.
     */
    void trim();

    /** Every figure, without stopping anybody. */
    PoolStats stats();

    /** In checked mode, every live cell with the stack that allocated it; otherwise nothing. */
    List<Leak> leaks();

    /**
     * Gives all memory back, of live cells too. To be called when nobody uses the pool any more.
     */
    @Override
    void close();
}
