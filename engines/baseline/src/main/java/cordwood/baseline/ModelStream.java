package cordwood.baseline;

import cordwood.store.Order;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One stream of the model: the rules of the contract in their plainest form. Not thread-safe. */
final class ModelStream {

    private final NavigableMap<Long, MemorySegment> records = new TreeMap<>();
    private final Map<Integer, MemorySegment> attributes = new TreeMap<>();
    private long trimmedTo = StreamBounds.NEVER_TRIMMED;

    void apply(ModelOperation operation) {
        switch (operation) {
            case ModelOperation.Put put -> {
                if (!isTrimmed(put.position())) {
                    records.put(put.position(), put.value());
                }
            }
            case ModelOperation.Trim trim -> {
                if (!isTrimmed(trim.to())) {
                    trimmedTo = trim.to();
                    records.headMap(trimmedTo, true).clear();
                }
            }
            case ModelOperation.Attribute attribute ->
                    attributes.put(attribute.id(), attribute.value());
        }
    }

    private boolean isTrimmed(long position) {
        return trimmedTo != StreamBounds.NEVER_TRIMMED && position <= trimmedTo;
    }

    StreamBounds bounds() {
        return records.isEmpty()
                ? StreamBounds.empty(trimmedTo)
                : new StreamBounds(records.firstKey(), records.lastKey(), trimmedTo);
    }

    @Nullable MemorySegment attribute(int id) {
        return attributes.get(id);
    }

    /** The record nearest to {@code position} in the direction of a walk, which may be at it. */
    Map.@Nullable Entry<Long, MemorySegment> nearest(long position, Order order) {
        return switch (order) {
            case FORWARD -> records.ceilingEntry(position);
            case BACKWARD -> records.floorEntry(position);
        };
    }
}
