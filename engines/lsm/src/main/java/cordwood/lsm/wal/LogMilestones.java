package cordwood.lsm.wal;

import cordwood.store.HeapPause;
import java.util.ArrayList;
import java.util.List;

/**
 * What the writer of a log did and what of that is to be put on record: which segments were begun,
 * and up to where the log was synced. Without it a synced end of the log that vanishes takes the
 * proof along. Thread-safe.
 */
public final class LogMilestones {

    /** The log is synced by no more than about this, beyond what is on record. */
    public static final long UNRECORDED_BYTES_MAX = 16L << 20;

    /** A segment that was begun. */
    public record Begun(long segment, long startPosition) {}

    /** What was not on record at a moment. */
    public record News(List<Begun> begun, long syncedPosition) {}

    private final List<Begun> begun = new ArrayList<>(); // guarded by this
    private volatile long syncedPosition;
    private volatile long duePosition;

    /** With the position up to which it is on record that the log was synced. */
    public LogMilestones(long recordedPosition) {
        this.syncedPosition = recordedPosition;
        this.duePosition = recordedPosition + UNRECORDED_BYTES_MAX;
    }

    /** The writer goes on in a segment. */
    synchronized void begun(Begun segment) {
        while (!added(segment)) {
            HeapPause.take();
        }
        duePosition = Long.MIN_VALUE;
    }

    private boolean added(Begun segment) {
        try {
            return begun.add(segment);
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /** The writer has synced. */
    void synced(long position) {
        syncedPosition = position;
    }

    /** Whether there is something that should be put on record now. */
    public boolean areDue() {
        return syncedPosition >= duePosition;
    }

    /** What is not on record. */
    public synchronized News news() {
        return new News(List.copyOf(begun), syncedPosition);
    }

    /**
     * What {@link #news} answered is on record. Needs no heap: whoever has put something on record
     * must not find it refused.
     */
    public synchronized void recorded(News news) {
        for (int i = news.begun().size(); i > 0; i--) {
            begun.removeFirst();
        }
        duePosition =
                begun.isEmpty() ? news.syncedPosition() + UNRECORDED_BYTES_MAX : Long.MIN_VALUE;
    }
}
