package cordwood.memory.epoch;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

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
     * The epoch may advance at any time, by anybody: pins do not hold it up, only the horizon.
     */

    private final AtomicLong epoch = new AtomicLong(1);
    private final PinTable pins;

    EpochClock(PinTable pins) {
        this.pins = pins;
    }

    /** Pins the current epoch; answers the ticket to leave with. */
    final long enter() {
        long pinned = epoch.get();
        long ticket = pins.claim(pinned);
        long now = epoch.get();
        while (now != pinned) {
            pinned = now;
            pins.publish(ticket, pinned);
            now = epoch.get();
        }
        return ticket;
    }

    final void leave(long ticket) {
        pins.release(ticket);
    }

    /** The stamp of whatever this thread has unlinked so far. */
    final long stamp() {
        VarHandle.fullFence();
        return epoch.get();
    }

    final long advance() {
        return epoch.incrementAndGet();
    }

    final long current() {
        return epoch.get();
    }

    /** Everything stamped below this can be seen by nobody. */
    long horizon() {
        return pins.oldest(epoch.get());
    }

    final int pinned() {
        return pins.claimed();
    }
}
