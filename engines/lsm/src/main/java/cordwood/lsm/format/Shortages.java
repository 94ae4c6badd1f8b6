package cordwood.lsm.format;

import cordwood.store.StoreException;
import java.util.EnumMap;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
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

    private final EnumMap<Of, AtomicReference<@Nullable StoreException>> present =
            new EnumMap<>(Of.class); // made full, so that nothing needs heap later

    /** Nothing is wanting. */
    public Shortages() {
        for (Of what : Of.values()) {
            present.put(what, new AtomicReference<>());
        }
    }

    private AtomicReference<@Nullable StoreException> place(Of what) {
        return Objects.requireNonNull(present.get(what));
    }

    /** Why there are none, a refusal; null where there are. */
    public @Nullable StoreException of(Of what) {
        return place(what).get();
    }

    /** Whether what would give room back does not. */
    public boolean isSpaceShort() {
        return of(Of.SEGMENTS) != null || of(Of.FLUSHES) != null;
    }

    /** There are none for now. */
    public void note(Of what, StoreException refusal) {
        place(what).set(refusal);
    }

    /** There are some again. */
    public void end(Of what) {
        place(what).set(null);
    }
}
