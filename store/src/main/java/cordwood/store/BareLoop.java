package cordwood.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An engine's storage written by one thread with nothing of the contract in between: no commit, no
 * group, no hand-over. The yardstick for what those cost; not a way to use an engine.
 *
 * <p>Belongs to one thread but for {@link #metrics}.
 */
public interface BareLoop extends AutoCloseable {

    /** An engine that has such a loop. */
    interface Engine {

        /**
         * Opens or creates a store for the loop, with the options that the engine would use. The
         * caller closes it; the directory is an ordinary store afterwards.
         *
         * @throws StoreException as {@link StoreProvider#open}
         */
        BareLoop openBare(StoreOptions options);
    }

    /**
     * Writes one batch at following positions of one stream, and returns when it has reached the
     * level.
     *
     * @param values the records' values in direct buffers, left as they were
     */
    void write(List<ByteBuffer> values, Durability level);

    /** Writes everything in memory to tables and waits for it. */
    void flush();

    /** Flushes, and rewrites whatever compactions would, and waits for it. */
    void compact();

    /** The engine's figures; those of commits are absent. */
    StoreMetrics metrics();

    /** Flushes, and releases the directory and all memory. */
    @Override
    void close();
}
