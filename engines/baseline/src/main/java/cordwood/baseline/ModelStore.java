package cordwood.baseline;

import cordwood.store.CommitGroup;
import cordwood.store.Cursor;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The reference store: the contract on the heap, in its plainest form. Thread-safe. */
public final class ModelStore extends BaselineStore {

    private final ModelState state;

    private ModelStore(
            ModelState state,
            boolean splitBatches,
            GroupCommitter.Limits limits,
            StepExecutor steps) {
        super("model", group -> write(group, state, splitBatches), limits, steps);
        this.state = state;
    }

    /**
     * Opens a store on a state, which outlives it. The caller closes the store.
     *
     * @param splitBatches whether a batch over several streams is applied stream by stream, visible
     *     in between, as an engine that spreads its streams over machines would
     * @throws cordwood.store.StoreException.Busy when the state is open already
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

    private static void write(CommitGroup group, ModelState state, boolean splitBatches) {
        for (int i = 0; i < group.size(); i++) {
            state.apply(((ModelBatch) group.batch(i)).operations(), splitBatches);
        }
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new ModelBatch(this);
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        requireOpen();
        Objects.requireNonNull(space, "space");
        Objects.requireNonNull(order, "order");
        return new ModelCursor(this, state, space, stream, from, to, order);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        requireOpen();
        Objects.requireNonNull(space, "space");
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
        Objects.requireNonNull(space, "space");
        return new ListedStreamCursor(this, state.streams(space));
    }

    @Override
    void release() {
        state.release();
    }
}
