package cordwood.testkit.crash;

import cordwood.store.StreamBounds;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What is visible of one stream, with digests for values, and one digest of it all. */
final class StreamState {

    private final NavigableMap<Long, Long> records = new TreeMap<>();
    private final Map<Integer, Long> attributes = new HashMap<>();
    private long trimmedTo = StreamBounds.NEVER_TRIMMED;
    private long digest;

    void put(long position, long valueDigest) {
        if (trimmedTo != StreamBounds.NEVER_TRIMMED && position <= trimmedTo) {
            return;
        }
        Long before = records.put(position, valueDigest);
        digest -= before == null ? 0 : Digests.entry(position, before);
        digest += Digests.entry(position, valueDigest);
    }

    void trim(long to) {
        if (to <= trimmedTo) {
            return;
        }
        digest -= Digests.trim(trimmedTo);
        trimmedTo = to;
        digest += Digests.trim(to);
        NavigableMap<Long, Long> gone = records.headMap(to, true);
        gone.forEach((position, value) -> digest -= Digests.entry(position, value));
        gone.clear();
    }

    void attribute(int id, long valueDigest) {
        Long before = attributes.put(id, valueDigest);
        digest -= before == null ? 0 : Digests.attribute(id, before);
        digest += Digests.attribute(id, valueDigest);
    }

    void apply(Operation operation) {
        switch (operation) {
            case Operation.Put put -> put(put.position(), put.digest());
            case Operation.Trim trim -> trim(trim.to());
            case Operation.Attribute attribute -> attribute(attribute.id(), attribute.digest());
        }
    }

    /** Equal for equal states; different for different ones, as far as 64 bits can tell. */
    long digest() {
        return digest;
    }

    NavigableMap<Long, Long> records() {
        return records;
    }

    long trimmedTo() {
        return trimmedTo;
    }

    /** How this differs from what was expected, for people. */
    String differenceFrom(StreamState expected) {
        StringBuilder text = new StringBuilder();
        if (trimmedTo != expected.trimmedTo) {
            text.append("trimmed to ").append(trimmedTo).append(" not ").append(expected.trimmedTo);
        }
        NavigableMap<Long, Long> missing = new TreeMap<>(expected.records);
        missing.keySet().removeAll(records.keySet());
        NavigableMap<Long, Long> extra = new TreeMap<>(records);
        extra.keySet().removeAll(expected.records.keySet());
        long changed =
                records.entrySet().stream()
                        .filter(e -> expected.records.containsKey(e.getKey()))
                        .filter(e -> !e.getValue().equals(expected.records.get(e.getKey())))
                        .count();
        return text.append(" missing ")
                .append(missing.keySet())
                .append(", extra ")
                .append(extra.keySet())
                .append(", with other bytes ")
                .append(changed)
                .append(attributes.equals(expected.attributes) ? "" : ", other attributes")
                .toString();
    }
}
