package cordwood.lsm.compaction;

import cordwood.lsm.flush.TableStore;
import cordwood.lsm.flush.TablesWriter;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.table.Temperature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes records in order as two rows of tables: streams of which there is little in one, the
 * others, in long runs, in another. Belongs to one thread. What was written is deleted unless it
 * was finished before it is closed.
 */
final class RunWriter implements AutoCloseable {

    /** Memory that a writer needs. */
    static final int ROOM_BYTES = 2 * TableWriter.ROOM_BYTES;

    private final TablesWriter shortRuns;
    private final TablesWriter longRuns;
    private final int longRunBytesMin;

    // the stream's records so far, until there are enough of them for a long run
    private StreamKey key = new StreamKey(RecordKind.RECORDS, 0, 0);
    private boolean isLong;
    private final MemorySegment waiting;
    private int waitingBytes;
    private int[] ends = new int[64];
    private long[] positions = new long[64];
    private int waitingCount;

    /**
     * A writer of nothing yet.
     *
     * @param room memory of {@link #ROOM_BYTES}, the writer's until it is closed
     * @param lastSequence sequence of the last batch in the rows
     */
    RunWriter(TableStore tables, RecordKind kind, MemorySegment room, long lastSequence) {
        MemorySegment shortRoom = room.asSlice(0, TableWriter.ROOM_BYTES);
        MemorySegment longRoom = room.asSlice(TableWriter.ROOM_BYTES, TableWriter.ROOM_BYTES);
        this.shortRuns =
                new TablesWriter(tables, cold(kind, RunLength.SHORT), shortRoom, lastSequence);
        this.longRuns =
                new TablesWriter(tables, cold(kind, RunLength.LONG), longRoom, lastSequence);
        this.longRunBytesMin = tables.longRunBytesMin();
        this.waiting = MemorySegment.ofArray(new byte[longRunBytesMin]);
    }

    private static TableWriter.Content cold(RecordKind kind, RunLength runs) {
        return new TableWriter.Content(kind, runs, Temperature.COLD);
    }

    /** Begins another stream, whose key is above the one before. */
    void begin(StreamKey of) {
        end();
        key = of;
        isLong = false;
    }

    /** Adds a record of the stream, in order of position. */
    void add(MemorySegment segment, long at, int bytes, long position) {
        if (key.kind() == RecordKind.ATTRIBUTES) {
            shortRuns.add(key, segment, at, bytes, 1, position, position);
            return;
        }
        if (!isLong && waitingBytes + bytes >= longRunBytesMin) {
            isLong = true;
            drain(longRuns);
        }
        if (isLong) {
            longRuns.add(key, segment, at, bytes, 1, position, position);
            return;
        }
        if (waitingCount == ends.length) {
            int[] moreEnds = Arrays.copyOf(ends, 2 * waitingCount);
            positions = Arrays.copyOf(positions, 2 * waitingCount);
            ends = moreEnds; // once both are there
        }
        MemorySegment.copy(segment, at, waiting, waitingBytes, bytes);
        waitingBytes += bytes;
        ends[waitingCount] = waitingBytes;
        positions[waitingCount++] = position;
    }

    private void drain(TablesWriter to) {
        int at = 0;
        for (int i = 0; i < waitingCount; i++) {
            to.add(key, waiting, at, ends[i] - at, 1, positions[i], positions[i]);
            at = ends[i];
        }
        waitingCount = 0;
        waitingBytes = 0;
    }

    private void end() {
        drain(shortRuns);
    }

    /** Ends both rows: their tables, for the caller to put on record. */
    List<TableEntry> finish() {
        end();
        List<TableEntry> complete = new ArrayList<>(longRuns.finish());
        boolean all = false;
        try {
            complete.addAll(shortRuns.finish());
            all = true;
        } finally {
            if (!all) {
                longRuns.discard();
            }
        }
        return complete;
    }

    @Override
    public void close() {
        try (longRuns) {
            shortRuns.close();
        }
    }
}
