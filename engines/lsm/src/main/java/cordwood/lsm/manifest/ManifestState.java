package cordwood.lsm.manifest;

import cordwood.lsm.wal.LogRecord;
import cordwood.lsm.wal.RecordedSegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is on record: the sum of all edits. Guarded by its owner. */
public final class ManifestState {

    private final SortedMap<Long, TableEntry> tables = new TreeMap<>();
    private final SortedMap<Long, RecordedSegment> segments = new TreeMap<>();
    private long flushedSequence;
    private long logStart;
    private long syncedPosition;
    private long highestNumber;

    ManifestState() {}

    /**
     * What will be on record with these edits.
     *
     * @throws IllegalArgumentException when one contradicts what is on record
     */
    ManifestState with(List<Edit> edits) {
        ManifestState copy = new ManifestState();
        copy.tables.putAll(tables);
        copy.segments.putAll(segments);
        copy.flushedSequence = flushedSequence;
        copy.logStart = logStart;
        copy.syncedPosition = syncedPosition;
        copy.highestNumber = highestNumber;
        edits.forEach(copy::apply);
        return copy;
    }

    /**
     * Applies an edit.
     *
     * @throws IllegalArgumentException when it contradicts what is on record; nothing was changed
     */
    void apply(Edit edit) {
        switch (edit) {
            case Edit.AddTable(TableEntry table) -> {
                require(!tables.containsKey(table.number()), edit);
                tables.put(table.number(), table);
                note(table.number());
            }
            case Edit.DropTable(long number) -> require(tables.remove(number) != null, edit);
            case Edit.AddSegment(long number, long sizeBytes) -> {
                require(!segments.containsKey(number), edit);
                segments.put(number, RecordedSegment.prepared(number, sizeBytes));
                note(number);
            }
            case Edit.BeginSegment(long number, long startPosition) ->
                    segments.put(number, segment(number, edit).begunAt(startPosition));
            case Edit.SettleSegment(long number, long endBytes, long lastSequence) ->
                    segments.put(number, segment(number, edit).settled(endBytes, lastSequence));
            case Edit.DropSegment(long number) -> require(segments.remove(number) != null, edit);
            case Edit.Flushed(long sequence) -> {
                require(sequence >= flushedSequence, edit);
                flushedSequence = sequence;
            }
            case Edit.Numbered(long number) -> note(number);
            case Edit.LogStart(long position) -> logStart = Math.max(logStart, position);
            case Edit.Synced(long position) -> syncedPosition = Math.max(syncedPosition, position);
        }
    }

    private RecordedSegment segment(long number, Edit edit) {
        RecordedSegment segment = segments.get(number);
        if (segment == null) {
            throw contradiction(edit);
        }
        return segment;
    }

    private static void require(boolean holds, Edit edit) {
        if (!holds) {
            throw contradiction(edit);
        }
    }

    private static IllegalArgumentException contradiction(Edit edit) {
        return new IllegalArgumentException("contradicts what is on record: " + edit);
    }

    void note(long number) {
        highestNumber = Math.max(highestNumber, number);
    }

    /** The edits that make this state out of nothing. */
    List<Edit> snapshot() {
        List<Edit> edits = snapshotOfTables();
        edits.add(new Edit.Synced(syncedPosition));
        for (RecordedSegment segment : segments.values()) {
            edits.add(new Edit.AddSegment(segment.number(), segment.sizeBytes()));
            if (segment.isBegun()) {
                edits.add(new Edit.BeginSegment(segment.number(), segment.startPosition()));
            }
            if (segment.isSettled()) {
                edits.add(
                        new Edit.SettleSegment(
                                segment.number(), segment.endBytes(), segment.lastSequence()));
            }
        }
        return edits;
    }

    private List<Edit> snapshotOfTables() {
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.Numbered(highestNumber));
        edits.add(new Edit.Flushed(flushedSequence));
        edits.add(new Edit.LogStart(logStart));
        for (TableEntry table : tables.values()) {
            edits.add(new Edit.AddTable(table));
        }
        return edits;
    }

    /** What is on record now, but for the log: everything up to {@link #flushedSequence()}. */
    public ManifestState withoutSegments() {
        ManifestState copy = new ManifestState();
        snapshotOfTables().forEach(copy::apply);
        return copy;
    }

    /** The tables, by number. */
    public Collection<TableEntry> tables() {
        return Collections.unmodifiableCollection(tables.values());
    }

    /** The segments, by number. */
    public List<RecordedSegment> segments() {
        return List.copyOf(segments.values());
    }

    /** Whether a segment is on record. */
    public boolean hasSegment(long number) {
        return segments.containsKey(number);
    }

    /** All batches up to this sequence are in tables. */
    public long flushedSequence() {
        return flushedSequence;
    }

    /** The log. */
    public LogRecord log() {
        return new LogRecord(segments(), flushedSequence, logStart, syncedPosition);
    }

    /** A position up to which the log was synced. */
    public long syncedPosition() {
        return syncedPosition;
    }

    /** The highest number ever given to a file on record. */
    public long highestNumber() {
        return highestNumber;
    }
}
