package cordwood.loglet;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is where a store has no room: workers in the order in which they were refused. As
 * long as one waits with stores only the first of those may try, so that much is not kept out by
 * little that keeps coming. Who waits with seals and trims keeps nobody out: they are tried one
 * after the other, beside the first. Waiting takes no heap. Thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // a place is itself
final class WriteTurns {

    /** A worker's place in a line, made before it has to wait. */
    static final class Place {
        private final LogletWorker worker;

        // guarded by the turns
        private @Nullable Line line;
        private @Nullable Place before;
        private @Nullable Place after;

        Place(LogletWorker worker) {
            this.worker = worker;
        }
    }

    /** Places linked to each other. Guarded by the turns. */
    static final class Line {
        private volatile @Nullable Place first; // read by anyone
        private @Nullable Place last;

        private Line() {}

        private void add(Place place) {
            place.line = this;
            place.before = last;
            place.after = null;
            if (last == null) {
                first = place;
            } else {
                last.after = place;
            }
            last = place;
        }

        private void remove(Place place) {
            Place before = place.before;
            Place after = place.after;
            if (before == null) {
                first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.before = before;
            }
            place.line = null;
        }
    }

    /** Who waits with stores and nothing that goes before them. */
    final Line ofStores = new Line();

    /** Who waits with seals and trims. */
    final Line ofControls = new Line();

    private final Runnable whenAnyWaits;

    /**
     * @param whenAnyWaits told when the first one comes to wait
     */
    WriteTurns(Runnable whenAnyWaits) {
        this.whenAnyWaits = whenAnyWaits;
    }

    /** Whether a worker may try to write a store. */
    boolean isTurnOf(Place place) {
        Place next = ofStores.first;
        return next == null || next == place;
    }

    /** Whether nobody waits. */
    boolean isEmpty() {
        return ofStores.first == null && ofControls.first == null;
    }

    /** Puts a worker that is in no line at the end of one. */
    synchronized void join(Place place, Line line) {
        boolean isAlone = isEmpty();
        line.add(place);
        if (isAlone) {
            whenAnyWaits.run();
        }
    }

    /** Takes a worker out, and lets the next one try. */
    synchronized void leave(Place place) {
        Line line = place.line;
        if (line != null) {
            line.remove(place);
            wake(line.first);
        }
    }

    /** Tells the first that there may be room. */
    void wakeFirst() {
        wake(ofStores.first);
        if (ofControls.first != null) {
            wake(nextControl());
        }
    }

    /** The first, who is the last from now on. */
    private synchronized @Nullable Place nextControl() {
        Place next = ofControls.first;
        if (next != null && next.after != null) {
            ofControls.remove(next);
            ofControls.add(next);
        }
        return next;
    }

    private static void wake(@Nullable Place place) {
        if (place != null) {
            place.worker.wake();
        }
    }
}
