package cordwood.lsm.flush;

import cordwood.files.FileFailure;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.TableWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a row of tables, one behind the other in order of key and position: another is begun when
 * one is large. Belongs to one thread. Throws {@link FileFailure}. What was written is deleted
 * unless the row was finished before it is closed.
 */
public final class TablesWriter implements AutoCloseable {

    private final TableStore tables;
    private final TableWriter.Content content;
    private final MemorySegment room;
    private final long lastSequence;

    private final List<TableEntry> complete = new ArrayList<>();
    private @Nullable TableWriter current;
    private boolean finished;

    /**
     * A row without a table.
     *
     * @param room memory for a table's writer, until this one is closed
     * @param lastSequence sequence of the last batch in the row
     */
    public TablesWriter(
            TableStore tables, TableWriter.Content content, MemorySegment room, long lastSequence) {
        this.tables = tables;
        this.content = content;
        this.room = room;
        this.lastSequence = lastSequence;
    }

    /** As {@link TableWriter#add}. */
    public void add(
            StreamKey key,
            MemorySegment segment,
            long payloadAt,
            int bytes,
            int records,
            long first,
            long last) {
        TableWriter writer = current;
        if (writer != null && (writer.isFull() || writer.sizeBytes() >= tables.tableBytesMax())) {
            complete(writer);
            writer = null;
        }
        if (writer == null) {
            writer = tables.newWriter(tables.nextNumber(), content, room);
            current = writer;
        }
        writer.add(key, segment, payloadAt, bytes, records, first, last);
    }

    private void complete(TableWriter writer) {
        long sizeBytes = writer.finish(lastSequence);
        current = null;
        complete.add(
                new TableEntry(
                        writer.number(), content.kind(), content.runs(), sizeBytes, lastSequence));
    }

    /** Ends the row: its tables, for the caller to put on record; none when nothing was added. */
    public List<TableEntry> finish() {
        TableWriter writer = current;
        if (writer != null) {
            complete(writer);
        }
        finished = true;
        return List.copyOf(complete);
    }

    @Override
    public void close() {
        if (!finished) {
            discard();
        }
    }

    /** Gives the row up, finished or not: it must not be on record. */
    public void discard() {
        finished = true;
        try {
            TableWriter writer = current;
            if (writer != null) {
                current = null;
                tables.abandon(writer);
            }
        } finally {
            tables.discard(complete);
        }
    }
}
