package cordwood.loglet;

import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.util.ArrayDeque;

/** Batches of one worker that wait for their next use. Confined to the worker. */
final class BatchPool implements AutoCloseable {

    private static final int BATCHES_MAX = 64;

    /** A batch that held more is freed, so that one large store does not keep its memory. */
    private static final long KEPT_VALUE_BYTES_MAX = 256 << 10;

    private final StreamStore store;
    private final ArrayDeque<WriteBatch> idle = new ArrayDeque<>();

    BatchPool(StreamStore store) {
        this.store = store;
    }

    /** An empty batch. */
    WriteBatch take() {
        WriteBatch batch = idle.pollLast();
        return batch == null ? store.newBatch() : batch;
    }

    /** Takes back a batch that was never appended or whose commit is done. */
    void give(WriteBatch batch) {
        if (idle.size() == BATCHES_MAX || batch.valueBytes() > KEPT_VALUE_BYTES_MAX) {
            batch.close();
            return;
        }
        try {
            batch.clear();
        } catch (StoreException.Closed _) {
            batch.close(); // with its store: there is no next use
            return;
        }
        idle.addLast(batch);
    }

    @Override
    public void close() {
        idle.forEach(WriteBatch::close);
        idle.clear();
    }
}
