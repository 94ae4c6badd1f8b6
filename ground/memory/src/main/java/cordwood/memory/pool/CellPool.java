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
     * what was reserved ahead. It is done every 50 ms, and before anybody is refused, anyway.
     */
    void trim();

    /** Every figure, without stopping anybody. */
    PoolStats stats();

    /**
     * In checked mode, every cell not yet freed, retired ones included, with the stack that
     * allocated it; after close, what was live then. Otherwise nothing.
     */
    List<Leak> leaks();

    /**
     * Gives all memory back, of live cells too. To be called when nobody uses the pool any more;
     * only the first call does something.
     *
     * @throws IllegalStateException in checked mode, when a system call uses a cell: all else is
     *     given back, and another close gives back the rest
     */
    @Override
    void close();
}
