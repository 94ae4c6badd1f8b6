package cordwood.lsm.compaction;

import cordwood.lsm.format.StreamKey;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.Table;
import org.jspecify.annotations.Nullable;

/** Finds the first and last position of a stream in a table. Confined to one thread. */
final class StreamEdges {

    private final Merge merge = new Merge();

    StreamEdges() {}

    /** The lowest position, or null where the table, kept open by the caller, has none. */
    @Nullable Long first(Table table, StreamKey key) {
        return edge(table, key, Long.MIN_VALUE, true);
    }

    /** The highest position, or null. */
    @Nullable Long last(Table table, StreamKey key) {
        return edge(table, key, Long.MAX_VALUE, false);
    }

    private @Nullable Long edge(Table table, StreamKey key, long from, boolean rising) {
        try {
            merge.add(table, key);
            merge.seek(from, rising);
            return merge.next() ? (Long) merge.position() : null;
        } finally {
            merge.release();
        }
    }
}
