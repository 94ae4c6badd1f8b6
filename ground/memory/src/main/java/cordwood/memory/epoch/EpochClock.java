package cordwood.memory.epoch;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * The state machine of epochs, with no memory in it: who is pinned where, and from when on nobody
 * can see what was unlinked.
 */
class EpochClock {

    /*
     * Promise: when an object was unlinked before stamp() answered s, then once horizon() answers
     * more than s, no pin that could have seen the object is left.
     *
     * Why. A pin p is published and then confirmed by reading the epoch again: if it still is p, the
     * publication comes before every advance beyond p, in the one order of all volatile accesses.
     * horizon() reads the epoch before the slots. If it answers more than s, the epoch was beyond s,
     * so every confirmed pin <= s was visible to the scan, and there was none. A pin > s read the
     * epoch after it passed s, hence after the stamp, hence after the unlinking: it cannot find the
     * object. Readers that publish during the scan confirm a later epoch, which is > s too.
     *
     * The scan passes over slots on a shelf whose bit is clear, and shelves it does not find. Both
     * are volatile, and a shelf is linked and the bit set before the pin is published; the bit is
     * cleared, by whoever ended the pin, after that. So a confirmed pin <= s that has not ended is
     * visible to the scan with its shelf and its bit.
     *
     * The epoch may advance at any time, by anybody: pins do not hold it up, only the horizon.
     */

    private static final AtomicLongFieldUpdater<EpochClock> EPOCH =
            AtomicLongFieldUpdater.newUpdater(EpochClock.class, "epoch");

    /**
     * The last epoch that begins. A pin has room for one bit more, so that all who pass the check
     * at once may go beyond.
     */
    private static final long EPOCH_MAX = 1L << 46;

    /** Read as a field, without a call: see {@link PinTable} on stack overflows. */
    private volatile long epoch = 1;

    private final PinTable pins;

    EpochClock(PinTable pins) {
        this.pins = pins;
    }

    /** Pins the current epoch; answers the ticket to leave with. */
    final long enter() {
        long pinned = epoch;
        long ticket = pins.claim(pinned);
        long now = epoch;
        while (now != pinned) {
            pinned = now;
            pins.publish(ticket, pinned);
            now = epoch;
        }
        return ticket;
    }

    final void leave(long ticket) {
        pins.release(ticket);
    }

    /** The stamp of whatever this thread has unlinked so far. */
    final long stamp() {
        VarHandle.fullFence();
        return epoch;
    }

    final long advance() {
        if (epoch >= EPOCH_MAX) {
            throw new IllegalStateException("no more epochs");
        }
        return EPOCH.incrementAndGet(this);
    }

    final long current() {
        return epoch;
    }

    /** Everything stamped below this can be seen by nobody. */
    long horizon() {
        return pins.oldest(epoch);
    }

    final int pinned() {
        return pins.claimed();
    }
}
