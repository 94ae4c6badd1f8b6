package cordwood.baseline;

import cordwood.store.Closing;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.GroupWriter;
import cordwood.store.Metric;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;

/** What the engines of this room share: the way of a batch to the committer, and closing. */
abstract sealed class BaselineStore implements StreamStore
        permits ModelStore, NoopStore, RawFileStore {

    static final GroupCommitter.Limits COMMITTER_LIMITS =
            GroupCommitter.Limits.forInFlightBytes(256L << 20);

    private final GroupCommitter committer;
    private final Closing closing;

    BaselineStore(
            String name, GroupWriter writer, GroupCommitter.Limits limits, StepExecutor steps) {
        committer = new GroupCommitter(name, writer, limits, steps);
        closing = new Closing(committer, committer::close, this::release);
    }

    @Override
    public final Commit append(WriteBatch batch, Durability level) {
        return committer.append(mine(batch), level);
    }

    @Override
    public final Commit tryAppend(WriteBatch batch, Durability level) {
        return committer.tryAppend(mine(batch), level);
    }

    private WriteBatch mine(WriteBatch batch) {
        requireOpen();
        if (batch instanceof BaselineBatch known && known.isOf(this)) {
            return batch;
        }
        throw new StoreException.Invalid("the batch is another store's");
    }

    @Override
    public final long watermark(Durability level) {
        requireOpen();
        return committer.watermark(level);
    }

    @Override
    public final StoreMetrics metrics() {
        requireOpen();
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        metrics.set(Metric.FILE_BYTES, 0);
        report(metrics);
        return metrics.build();
    }

    @Override
    public final StoreLimits limits() {
        requireOpen();
        return StoreLimits.LOCAL;
    }

    @Override
    public final String statistics() {
        requireOpen();
        return "";
    }

    final void requireOpen() {
        closing.requireOpen();
    }

    @Override
    public final void close() {
        closing.close();
    }

    /** Adds the engine's own figures; one that writes files tells how much. */
    void report(StoreMetrics.Builder metrics) {}

    /** Frees what the engine holds, once, after its last commit. */
    abstract void release();
}
