package cordwood.testkit.crash;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Everything a store shows, read through the contract, with its ways of reading compared. */
final class StoreImage {

    private final Map<StreamKey, StreamState> streams = new LinkedHashMap<>();

    private StoreImage() {}

    /**
     * Reads the store.
     *
     * @param spaces spaces to list
     * @param expected streams to read whether they are listed or not
     * @param attributeIds attributes to ask for
     */
    static StoreImage of(
            StreamStore store,
            Collection<Space> spaces,
            Collection<StreamKey> expected,
            Set<Integer> attributeIds) {
        StoreImage image = new StoreImage();
        Set<StreamKey> listed = new LinkedHashSet<>();
        for (Space space : spaces) {
            try (StreamCursor cursor = store.streams(space)) {
                while (cursor.next()) {
                    if (!listed.add(new StreamKey(space, cursor.stream()))) {
                        throw new Violation("stream " + cursor.stream() + " is listed twice");
                    }
                }
            }
        }
        Set<StreamKey> all = new LinkedHashSet<>(listed);
        all.addAll(expected);
        for (StreamKey key : all) {
            StreamState state = stream(store, key, attributeIds);
            if (state.digest() == 0 == listed.contains(key)) {
                throw new Violation(
                        key + (state.digest() == 0 ? " is listed but empty" : " is not listed"));
            }
            image.streams.put(key, state);
        }
        return image;
    }

    /** Reads one stream. */
    static StreamState stream(StreamStore store, StreamKey key, Set<Integer> attributeIds) {
        StreamState state = new StreamState();
        StreamBounds bounds = store.bounds(key.space(), key.stream());
        try (Cursor cursor =
                store.read(
                        key.space(), key.stream(), Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                if (!state.records().isEmpty() && cursor.position() <= state.records().lastKey()) {
                    throw new Violation(key + " is read out of order at " + cursor.position());
                }
                state.put(cursor.position(), Digests.value(cursor.value()));
            }
        }
        checkBounds(key, bounds, state);
        checkBackward(store, key, state);
        state.trim(bounds.trimmedTo());
        for (int id : attributeIds) {
            MemorySegment value = store.attribute(key.space(), key.stream(), id);
            if (value != null) {
                state.attribute(id, Digests.value(value));
            }
        }
        return state;
    }

    private static void checkBounds(StreamKey key, StreamBounds bounds, StreamState state) {
        boolean agrees =
                bounds.isEmpty()
                        ? state.records().isEmpty()
                        : !state.records().isEmpty()
                                && bounds.first() == state.records().firstKey()
                                && bounds.last() == state.records().lastKey();
        if (!agrees) {
            throw new Violation(
                    "%s has %s but reads give %s".formatted(key, bounds, state.records().keySet()));
        }
    }

    private static void checkBackward(StreamStore store, StreamKey key, StreamState state) {
        Iterator<Map.Entry<Long, Long>> forward =
                state.records().descendingMap().entrySet().iterator();
        try (Cursor cursor =
                store.read(
                        key.space(),
                        key.stream(),
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        Order.BACKWARD)) {
            while (forward.hasNext()) {
                Map.Entry<Long, Long> entry = forward.next();
                if (!cursor.next()
                        || cursor.position() != entry.getKey()
                        || Digests.value(cursor.value()) != entry.getValue()) {
                    throw new Violation(key + " reads differently backward at " + entry.getKey());
                }
            }
            if (cursor.next()) {
                throw new Violation(key + " has more backward, at " + cursor.position());
            }
        }
    }

    StreamState stream(StreamKey key) {
        return streams.getOrDefault(key, new StreamState());
    }

    Set<StreamKey> keys() {
        return streams.keySet();
    }
}
