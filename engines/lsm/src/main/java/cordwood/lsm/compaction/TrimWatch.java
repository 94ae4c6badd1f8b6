package cordwood.lsm.compaction;

import cordwood.lsm.flush.TrimPoints;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.table.Table;
import cordwood.store.StreamBounds;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells which tables hold nothing but trimmed records. Confined to one thread.
 *
 * <p>For each table one stream is watched that still has a record: as long as that is so, no other
 * needs a look. Trim points only move up, so streams passed once are passed for good.
 */
final class TrimWatch {

    private final TrimPoints trimPoints;
    private final StreamEdges edges = new StreamEdges();
    private final Map<Long, StreamKey> watched = new HashMap<>();

    TrimWatch(TrimPoints trimPoints) {
        this.trimPoints = trimPoints;
    }

    /** Whether a table was never looked at. */
    boolean isNew(Table table) {
        return !watched.containsKey(table.number());
    }

    /** Forgets a table, which will not be asked about again. */
    void forget(Table table) {
        watched.remove(table.number());
    }

    /** Whether every record of a table, kept open by the caller, was trimmed. */
    boolean isTrimmed(Table table) {
        StreamKey key = watched.get(table.number());
        if (key == null) {
            key = table.nextKey(0, Long.MIN_VALUE, true);
        }
        while (key != null && isTrimmed(table, key)) {
            key = table.nextKey(key.tag(), key.stream(), false);
        }
        if (key == null) {
            forget(table);
            return true;
        }
        watched.put(table.number(), key);
        return false;
    }

    private boolean isTrimmed(Table table, StreamKey key) {
        long trimmedTo = trimPoints.of(key);
        if (trimmedTo == StreamBounds.NEVER_TRIMMED) {
            return false;
        }
        Long last = edges.last(table, key);
        return last != null && last <= trimmedTo;
    }

    /** Whether some record of a table, kept open by the caller, was trimmed. */
    boolean holdsTrimmed(Table table) {
        if (table.kind() != RecordKind.RECORDS) {
            return false;
        }
        StreamKey key = table.nextKey(0, Long.MIN_VALUE, true);
        while (key != null) {
            long trimmedTo = trimPoints.of(key);
            if (trimmedTo != StreamBounds.NEVER_TRIMMED) {
                Long first = edges.first(table, key);
                if (first != null && first <= trimmedTo) {
                    return true;
                }
            }
            key = table.nextKey(key.tag(), key.stream(), false);
        }
        return false;
    }
}
