package cordwood.lsm.read;

import cordwood.store.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Places for cursors, lent for the time of one call: a cursor that comes back goes on where it
 * stood, unless others have needed the place since. So however many cursors rest, they hold few.
 * Thread-safe.
 */
public final class CursorPlaces {

    /*
     * Arrays, and no collection: what a full heap or the end of the stack leaves half-done here
     * loses a place, and never lends one twice.
     */
    private static final int PLACES_MAX = 32;
    private static final int NONE = -1;

    // guarded by this
    private final @Nullable CursorPlace[] places = new @Nullable CursorPlace[PLACES_MAX];
    private final @Nullable RecordCursor[] owners = new @Nullable RecordCursor[PLACES_MAX];
    private final long[] leftAt = new long[PLACES_MAX];
    private long now;

    /** No place is made yet. */
    public CursorPlaces() {}

    /** The place that a cursor left, or one that is nowhere. */
    CursorPlace take(RecordCursor cursor) {
        CursorPlace place;
        synchronized (this) {
            int slot = slotOf(cursor);
            boolean isOwn = slot != NONE;
            if (!isOwn) {
                slot = slotOf(null);
            }
            place = slot == NONE ? null : remove(slot);
            if (isOwn && place != null) {
                return place;
            }
        }
        if (place == null) {
            return new CursorPlace();
        }
        place.release();
        return place;
    }

    /**
     * The slot of a cursor's place; for none one that is idle, or else the one left longest ago.
     */
    private int slotOf(@Nullable RecordCursor cursor) {
        int oldest = NONE;
        boolean isFull = true;
        for (int slot = 0; slot < PLACES_MAX; slot++) {
            if (places[slot] == null) {
                isFull = false;
            } else if (owners[slot] == cursor) {
                return slot;
            } else if (oldest == NONE || leftAt[slot] < leftAt[oldest]) {
                oldest = slot;
            }
        }
        return cursor == null && isFull ? oldest : NONE;
    }

    private @Nullable CursorPlace remove(int slot) {
        CursorPlace place = places[slot];
        places[slot] = null;
        owners[slot] = null;
        return place;
    }

    /** Leaves a place for the cursor to come back to. */
    void keep(RecordCursor cursor, CursorPlace place) {
        if (place.rest()) {
            put(place, cursor);
        } else {
            giveBack(place);
        }
    }

    /** Gives a place back that no cursor comes back to. */
    void giveBack(CursorPlace place) {
        place.release();
        put(place, null);
    }

    /** Puts a place where none is; an idle one is dropped where there is no room. */
    private void put(CursorPlace place, @Nullable RecordCursor owner) {
        CursorPlace dropped = null;
        synchronized (this) {
            int slot = emptySlot();
            if (slot == NONE && owner != null) {
                slot = slotOf(null);
                dropped = remove(slot);
            }
            if (slot != NONE) {
                owners[slot] = owner;
                leftAt[slot] = now++;
                places[slot] = place;
            }
        }
        if (dropped != null) {
            dropped.release();
        }
    }

    private int emptySlot() {
        for (int slot = 0; slot < PLACES_MAX; slot++) {
            if (places[slot] == null) {
                return slot;
            }
        }
        return NONE;
    }

    /** Gives back what a cursor left: it will not come back. */
    void forget(RecordCursor cursor) {
        StackRoom.requireSome();
        CursorPlace own;
        synchronized (this) {
            int slot = slotOf(cursor);
            own = slot == NONE ? null : remove(slot);
        }
        if (own != null) {
            giveBack(own);
        }
    }
}
