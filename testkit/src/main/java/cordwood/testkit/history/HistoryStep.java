package cordwood.testkit.history;

import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import java.util.List;

/** One thing done to a store. */
public sealed interface HistoryStep {

    /** Appends a batch; nobody waits for it until the next step of another kind. */
    record Write(List<HistoryEntry> entries, Durability level) implements HistoryStep {
        /** Copies the entries. */
        public Write {
            entries = List.copyOf(entries);
        }
    }

    /** Reads a range. */
    record Read(Space space, long stream, long from, long to, Order order) implements HistoryStep {}

    /** Asks for the bounds of a stream. */
    record Bounds(Space space, long stream) implements HistoryStep {}

    /** Asks for an attribute. */
    record Attribute(Space space, long stream, int id) implements HistoryStep {}

    /** Lists the streams of a space. */
    record Streams(Space space) implements HistoryStep {}

    /** Flushes, where the engine can. */
    record Flush() implements HistoryStep {}

    /** Compacts, where the engine can. */
    record Compact() implements HistoryStep {}

    /** Closes the store and opens it again. */
    record Reopen() implements HistoryStep {}
}
