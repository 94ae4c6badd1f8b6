package cordwood.lsm.format;

import cordwood.store.StoreException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What cannot be done now for want of room, memory or descriptors, and why: whoever is concerned
 * notes it, and that it is over. A state, not an end. Thread-safe.
 */
public final class Shortages {

    /** What is wanting. */
    public enum Of {
        /** Segments of the log. */
        SEGMENTS,
        /** Flushes: the oldest sealed memtable stays. */
        FLUSHES,
        /** Merges, and drops of tables. */
        MERGES
    }

    private final Map<Of, StoreException> present = new ConcurrentHashMap<>();

    /** Nothing is wanting. */
    public Shortages() {}

    /** Why there are none, a refusal; null where there are. */
    public @Nullable StoreException of(Of what) {
        return present.get(what);
    }

    /** Whether what would give room back does not. */
    public boolean isSpaceShort() {
        return present.containsKey(Of.SEGMENTS) || present.containsKey(Of.FLUSHES);
    }

    /** There are none for now. */
    public void note(Of what, StoreException refusal) {
        present.put(what, refusal);
    }

    /** There are some again. */
    public void end(Of what) {
        present.remove(what);
    }
}
