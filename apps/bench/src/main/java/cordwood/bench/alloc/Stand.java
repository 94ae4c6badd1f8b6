package cordwood.bench.alloc;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.pool.CellAllocator;
import cordwood.memory.pool.PoolStats;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A contender opened for one run. */
interface Stand extends AutoCloseable {

    /** A way in for a thread that allocates; called by that thread. */
    Cells<?> producerCells();

    /** A way in for a thread that only frees; called by that thread. */
    Cells<?> consumerCells();

    /** Its figures, where it has any. */
    default @Nullable PoolStats stats() {
        return null;
    }

    /**
     * Chunks that were mapped or zeroed on a thread that wanted memory; −1 where that is unknown.
     */
    default long callerChunks() {
        return -1;
    }

    /** What a reader needs, where it can be read under a pin. */
    default @Nullable ReadAccess readAccess() {
        return null;
    }

    @Override
    void close();

    /**
     * What a reader needs.
     *
     * @param published the handle of a cell that may be read under a pin, or 0
     */
    record ReadAccess(Epochs epochs, CellAllocator cells, AtomicLong published) {}
}
