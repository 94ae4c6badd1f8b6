package cordwood.lsm.compaction;

import cordwood.lsm.flush.Stopped;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of age right where tables are merged that are no neighbours in age. Confined to
 * one thread.
 */
final class AgeOrder {

    /*
     * What is written anew takes the age of its newest input: a record of an older input seems newer
     * than one at the same position in a table of an age between. Such a table is merged, too. For
     * streams that are appended to there is none, and what finds that out are bounds: of tables, then
     * of the streams in them.
     */
    private final StreamEdges edges = new StreamEdges();

    private final BooleanSupplier stopping;

    /** Nothing under way. */
    AgeOrder(BooleanSupplier stopping) {
        this.stopping = stopping;
    }

    /**
     * The inputs of a compaction, and those among all tables of their kind that must go along.
     *
     * @param inputs and {@code all} kept open by the caller
     * @return newest first
     * @throws Stopped when the store is being closed
     */
    List<Table> closed(List<Table> inputs, List<Table> all) {
        List<Table> closed = new ArrayList<>(inputs);
        List<Table> others = new ArrayList<>(all);
        others.removeAll(inputs);
        Table found = firstBetween(closed, others);
        while (found != null) {
            closed.add(found);
            others.remove(found);
            found = firstBetween(closed, others);
        }
        closed.sort(Comparator.comparingLong(Table::lastSequence).reversed());
        return closed;
    }

    private @Nullable Table firstBetween(List<Table> inputs, List<Table> others) {
        long oldest = Long.MAX_VALUE;
        long newest = Long.MIN_VALUE;
        for (Table input : inputs) {
            oldest = Math.min(oldest, input.lastSequence());
            newest = Math.max(newest, input.lastSequence());
        }
        if (oldest == newest) {
            return null; // what has one age shares no position
        }
        for (Table other : others) {
            if (stopping.getAsBoolean()) {
                throw new Stopped();
            }
            if (other.lastSequence() >= oldest
                    && other.lastSequence() <= newest
                    && overlaps(other, inputs)) {
                return other;
            }
        }
        return null;
    }

    private boolean overlaps(Table table, List<Table> inputs) {
        for (Table input : inputs) {
            if (table.mayOverlap(input)) {
                boolean hasFewStreams = table.runs() == RunLength.LONG;
                if (hasFewStreams ? sharesPositions(table, input) : sharesPositions(input, table)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether streams, those of the first table, lie in both so that one reaches into the other.
     */
    private boolean sharesPositions(Table ofFewStreams, Table other) {
        StreamKey key = ofFewStreams.nextKey(0, Long.MIN_VALUE, true);
        while (key != null) {
            if (other.mayContain(key.tag(), key.stream())
                    && sharesPositions(ofFewStreams, other, key)) {
                return true;
            }
            key = ofFewStreams.nextKey(key.tag(), key.stream(), false);
        }
        return false;
    }

    private boolean sharesPositions(Table one, Table other, StreamKey key) {
        Long first = edges.first(other, key);
        if (first == null) {
            return false;
        }
        Long last = edges.last(one, key);
        if (last == null || last < first) {
            return false;
        }
        Long firstOfOne = edges.first(one, key);
        Long lastOfOther = edges.last(other, key);
        return firstOfOne != null && lastOfOther != null && firstOfOne <= lastOfOther;
    }
}
