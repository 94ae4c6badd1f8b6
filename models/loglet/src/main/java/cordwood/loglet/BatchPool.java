package cordwood.loglet;

import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A server's batches that wait for their next use. What they hold together is counted, by an
 * estimate that is rather too high, and bounded: a batch for which there is no room is freed.
 * Thread-safe.
 */
final class BatchPool implements AutoCloseable {

    private static final int BATCHES_MAX = 1024;

    /** What all that wait may hold. */
    static final long IDLE_BYTES_MAX = 8L << 20;

    /** A batch that held more is freed, so that one large store does not keep its memory. */
    private static final long BATCH_BYTES_MAX = 512 << 10;

    /** What an empty batch holds, and an entry beside its value. */
    private static final long EMPTY_BYTES = 4 << 10;

    private static final long ENTRY_BYTES = 48;

    /** A batch, and the most that it may hold after what it held so far. */
    static final class Pooled {
        private final WriteBatch batch;
        private long heldBytes = EMPTY_BYTES;

        private Pooled(WriteBatch batch) {
            this.batch = batch;
        }

        WriteBatch batch() {
            return batch;
        }

        /**
         * Twice what was put in, for what is put in may not fit and then grows by half too much.
         */
        private void measure() {
            long entries = batch.valueBytes() + ENTRY_BYTES * batch.operationCount();
            heldBytes = Math.max(heldBytes, EMPTY_BYTES + 2 * entries);
        }
    }

    private final StreamStore store;

    // guarded by this
    private final ArrayDeque<Pooled> idle = new ArrayDeque<>(BATCHES_MAX); // never grows
    private long idleBytes;
    private boolean closed;

    BatchPool(StreamStore store) {
        this.store = store;
    }

    /** An empty batch. */
    Pooled take() {
        Pooled waiting = poll();
        return waiting == null ? new Pooled(store.newBatch()) : waiting;
    }

    /** Takes back a batch that was never appended or whose commit is done. Never throws. */
    void give(Pooled pooled) {
        try {
            pooled.measure();
            pooled.batch.clear();
            if (!push(pooled)) {
                pooled.batch.close();
            }
        } catch (StoreException.Closed _) {
            close(pooled); // with its store: there is no next use
        } catch (Throwable _) {
            close(pooled); // no room to clear it
        }
    }

    private static void close(Pooled pooled) {
        try {
            pooled.batch.close();
        } catch (Throwable _) {
            // it goes with its store then
        }
    }

    private synchronized @Nullable Pooled poll() {
        Pooled last = idle.pollLast();
        if (last != null) {
            idleBytes -= last.heldBytes;
        }
        return last;
    }

    private synchronized boolean push(Pooled pooled) {
        if (closed
                || idle.size() == BATCHES_MAX
                || pooled.heldBytes > BATCH_BYTES_MAX
                || pooled.heldBytes > IDLE_BYTES_MAX - idleBytes) {
            return false;
        }
        idle.addLast(pooled);
        idleBytes += pooled.heldBytes;
        return true;
    }

    /** What those that wait hold at most. */
    synchronized long idleBytes() {
        return idleBytes;
    }

    /** Frees what waits, and what is given back from now on. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        Pooled pooled;
        while ((pooled = poll()) != null) {
            close(pooled);
        }
    }
}
