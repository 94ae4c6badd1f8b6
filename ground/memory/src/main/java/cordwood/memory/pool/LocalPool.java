package cordwood.memory.pool;

/**
 * One thread's way into a {@link SmallPool}, for its hot loops: as long as it is open it has a
 * shard of its own, when one was left. Confined to the thread that opened it: used by another, for
 * a view too, it throws {@link WrongThreadException}; after its close, {@link
 * IllegalStateException}.
 *
 * <p>Cells that others free come back to the shard at the first use after a tick of upkeep; while
 * the thread is elsewhere, upkeep takes them in.
 */
public interface LocalPool extends CellAllocator, AutoCloseable {

    /** Gives the shard back. Cells live on; only the first call does something. */
    @Override
    void close();
}
