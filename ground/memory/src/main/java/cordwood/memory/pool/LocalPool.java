package cordwood.memory.pool;

/**
 * One thread's way into a {@link SmallPool}, for its hot loops: as long as it is open it has a
 * shard of its own, when one was left. Confined to the thread that opened it; used by another it
 * throws {@link WrongThreadException}.
 *
 * <p>Cells that others free come back to the shard when this thread allocates, or at close: an idle
 * local pool keeps them.
 */
public interface LocalPool extends CellAllocator, AutoCloseable {

    /** Gives the shard back. Cells live on; only the first call does something. */
    @Override
    void close();
}
