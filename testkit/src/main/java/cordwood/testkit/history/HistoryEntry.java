package cordwood.testkit.history;

import cordwood.store.Space;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;

/**
 * One entry of a batch. A value is given by its seed and length, so that a history prints short.
 */
public sealed interface HistoryEntry {

    /** Adds the entry to a batch. */
    void addTo(WriteBatch batch);

    /** A record. */
    record Put(Space space, long stream, long position, int valueSeed, int valueBytes)
            implements HistoryEntry {
        @Override
        public void addTo(WriteBatch batch) {
            batch.put(space, stream, position, Bytes.random(valueSeed, valueBytes));
        }
    }

    /** A trim. */
    record Trim(Space space, long stream, long to) implements HistoryEntry {
        @Override
        public void addTo(WriteBatch batch) {
            batch.trim(space, stream, to);
        }
    }

    /** An attribute. */
    record Attribute(Space space, long stream, int id, int valueSeed, int valueBytes)
            implements HistoryEntry {
        @Override
        public void addTo(WriteBatch batch) {
            batch.attribute(space, stream, id, Bytes.random(valueSeed, valueBytes));
        }
    }
}
