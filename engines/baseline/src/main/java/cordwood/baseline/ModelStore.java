package cordwood.baseline;

import cordwood.store.Commit;
import cordwood.store.CommitGroup;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The reference store: the contract on the heap, in its plainest form. Thread-safe. */
public final class ModelStore implements StreamStore {

    private static final GroupCommitter.Limits COMMITTER_LIMITS =
            GroupCommitter.Limits.forInFlightBytes(256L << 20);

    private final ModelState state;
    private final boolean splitBatches;
    private final GroupCommitter committer;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ModelStore(
            ModelState state,
            boolean splitBatches,
            GroupCommitter.Limits limits,
            StepExecutor steps) {
        this.state = state;
        this.splitBatches = splitBatches;
        this.committer = new GroupCommitter("model", this::write, limits, steps);
    }

    /**
     * Opens a store on a state, which outlives it. The caller closes the store.
     *
     * @param splitBatches whether a batch over several streams is applied stream by stream, visible
     *     in between, as an engine that spreads its streams over machines would
     * @throws StoreException.Busy when the state is open already
     */
    public static ModelStore open(ModelState state, boolean splitBatches) {
        return open(state, splitBatches, COMMITTER_LIMITS, StepExecutor.virtualThreads());
    }

    /** As {@link #open(ModelState, boolean)}, with a committer bounded and run as given. */
    public static ModelStore open(
            ModelState state,
            boolean splitBatches,
            GroupCommitter.Limits limits,
            StepExecutor steps) {
        state.claim();
        return new ModelStore(state, splitBatches, limits, steps);
    }

    private void write(CommitGroup group) {
        for (int i = 0; i < group.size(); i++) {
            state.apply(((ModelBatch) group.batch(i)).operations(), splitBatches);
        }
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new ModelBatch(this, limits());
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        return committer.append(mine(batch), level);
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        return committer.tryAppend(mine(batch), level);
    }

    private WriteBatch mine(WriteBatch batch) {
        requireOpen();
        if (batch instanceof ModelBatch model && model.isOf(this)) {
            return batch;
        }
        throw new StoreException.Invalid("the batch is another store's");
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        requireOpen();
        return new ModelCursor(this, state, space, stream, from, to, order);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        requireOpen();
        return state.bounds(space, stream);
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        requireOpen();
        WriteBatch.requireAttributeId(id);
        MemorySegment value = state.attribute(space, stream, id);
        return value == null ? null : MemorySegment.ofArray(value.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public StreamCursor streams(Space space) {
        requireOpen();
        return new ModelStreamCursor(this, state.streams(space));
    }

    @Override
    public long watermark(Durability level) {
        requireOpen();
        return committer.watermark(level);
    }

    @Override
    public StoreMetrics metrics() {
        requireOpen();
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        return metrics.build();
    }

    @Override
    public StoreLimits limits() {
        requireOpen();
        return StoreLimits.LOCAL;
    }

    @Override
    public String statistics() {
        requireOpen();
        return "";
    }

    void requireOpen() {
        if (closed.get()) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            committer.close();
            state.release();
        }
    }
}
