package cordwood.baseline;

import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a model store holds, apart from the store, so that a test can close the store and open
 * another on the same state, as it would reopen a directory. Thread-safe: one lock around
 * everything.
 */
public final class ModelState {

    private record StreamKey(int spaceId, long stream) {}

    // guarded by this
    private final Map<Integer, NavigableMap<Long, ModelStream>> spaces = new TreeMap<>();
    private boolean open;
    private long partsUntilCrash = Long.MAX_VALUE;

    /** A state that holds nothing. */
    public ModelState() {}

    /**
     * Lets the store crash after so many further parts of batches were applied: what comes then
     * fails with {@link StoreException.Failed} until the state is opened again. A part is what one
     * batch holds for one stream, or the whole batch where batches are not split.
     */
    public synchronized void crashAfterParts(long parts) {
        partsUntilCrash = parts;
    }

    synchronized void claim() {
        if (open) {
            throw new StoreException.Busy("the state is held by a model store in this process");
        }
        open = true;
        partsUntilCrash = Long.MAX_VALUE;
    }

    synchronized void release() {
        open = false;
    }

    /** Applies a batch: at once, or stream by stream with readers let in between. */
    void apply(List<ModelOperation> operations, boolean split) {
        if (!split) {
            applyPart(operations);
            return;
        }
        Map<StreamKey, List<ModelOperation>> parts = new LinkedHashMap<>();
        for (ModelOperation operation : operations) {
            parts.computeIfAbsent(
                            new StreamKey(operation.space().id(), operation.stream()),
                            _ -> new ArrayList<>())
                    .add(operation);
        }
        parts.values().forEach(this::applyPart);
    }

    private synchronized void applyPart(List<ModelOperation> part) {
        if (partsUntilCrash == 0) {
            throw new StoreException.Failed(
                    "the model crashed on demand", StoreException.Outcome.UNKNOWN, null);
        }
        partsUntilCrash--;
        for (ModelOperation operation : part) {
            spaces.computeIfAbsent(operation.space().id(), _ -> new TreeMap<>())
                    .computeIfAbsent(operation.stream(), _ -> new ModelStream())
                    .apply(operation);
        }
    }

    synchronized Map.@Nullable Entry<Long, MemorySegment> nearest(
            Space space, long stream, long position, Order order) {
        ModelStream found = find(space, stream);
        return found == null ? null : found.nearest(position, order);
    }

    synchronized StreamBounds bounds(Space space, long stream) {
        ModelStream found = find(space, stream);
        return found == null ? StreamBounds.empty(StreamBounds.NEVER_TRIMMED) : found.bounds();
    }

    synchronized @Nullable MemorySegment attribute(Space space, long stream, int id) {
        ModelStream found = find(space, stream);
        return found == null ? null : found.attribute(id);
    }

    synchronized List<Long> streams(Space space) {
        NavigableMap<Long, ModelStream> streams = spaces.get(space.id());
        return streams == null ? List.of() : List.copyOf(streams.keySet());
    }

    private @Nullable ModelStream find(Space space, long stream) {
        NavigableMap<Long, ModelStream> streams = spaces.get(space.id());
        return streams == null ? null : streams.get(stream);
    }
}
