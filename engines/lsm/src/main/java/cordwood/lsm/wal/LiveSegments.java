package cordwood.lsm.wal;

import cordwood.lsm.format.Closing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments that batches not yet in tables may be in, oldest first. Thread-safe. */
public final class LiveSegments implements AutoCloseable {

    private static final long UNENDED = Long.MAX_VALUE;

    private static final class Entry {
        final Segment segment;
        final long startPosition;
        long lastSequence = UNENDED;

        Entry(Segment segment, long startPosition) {
            this.segment = segment;
            this.startPosition = startPosition;
        }
    }

    // guarded by this; no deque, which a full heap may empty
    private final ArrayList<Entry> entries = new ArrayList<>();
    private long endPosition; // where the last segment that ended without a next one did

    /** No segment. */
    public LiveSegments() {}

    /**
     * Adds the segment written from now on, which starts at a position of the log; the one before
     * ended with a sequence.
     */
    synchronized void begin(Segment segment, long startPosition, long lastSequence) {
        Entry before = last();
        entries.add(new Entry(segment, startPosition));
        if (before != null && before.lastSequence == UNENDED) {
            before.lastSequence = lastSequence;
        }
    }

    /** The segment being written ends, and is not followed by another one yet. */
    synchronized void end(long position, long lastSequence) {
        Entry last = last();
        if (last != null && last.lastSequence == UNENDED) {
            last.lastSequence = lastSequence;
            endPosition = position;
        }
    }

    private @Nullable Entry last() {
        return entries.isEmpty() ? null : entries.getLast();
    }

    /** Adds a segment that recovery read to its end; it is not written again. */
    public synchronized void addRecovered(
            Segment segment, long startPosition, long endBytes, long lastSequence) {
        Entry entry = new Entry(segment, startPosition);
        entry.lastSequence = lastSequence;
        entries.add(entry);
        endPosition = startPosition + endBytes;
    }

    /** Numbers of the segments that hold no batch above a sequence, oldest first. */
    public synchronized List<Long> through(long sequence) {
        List<Long> numbers = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.lastSequence > sequence) {
                break;
            }
            numbers.add(entry.segment.number());
        }
        return numbers;
    }

    /**
     * Where in the log the segment starts, or will start, that comes first once so many are taken
     * out.
     */
    public synchronized long startPositionWithout(int count) {
        return entries.stream()
                .skip(count)
                .findFirst()
                .map(e -> e.startPosition)
                .orElse(endPosition);
    }

    /** The oldest segment. */
    public synchronized Segment first() {
        return entries.getFirst().segment;
    }

    /** Takes out the oldest segment. It belongs to the caller, who has taken it off record. */
    public synchronized void removeFirst() {
        entries.removeFirst();
    }

    /** Bytes of all live segments. */
    public synchronized long sizeBytes() {
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) { // takes no heap
            bytes += entries.get(i).segment.sizeBytes();
        }
        return bytes;
    }

    /** How many segments are live. */
    public synchronized int count() {
        return entries.size();
    }

    /** Closes the files of all. */
    @Override
    public synchronized void close() {
        List<Entry> open = List.copyOf(entries);
        entries.clear();
        Closing.all(open, entry -> entry.segment.close());
    }
}
