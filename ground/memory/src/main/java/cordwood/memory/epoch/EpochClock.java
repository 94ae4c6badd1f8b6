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
     * Why. A pin p is published and then confirmed by reading the epoch again. horizon() reads the
     * epoch, h, before the slots, and all these accesses are volatile: they have one order. A scan
     * that finds the pin answers p at most, so nothing stamped p or later is freed. When a scan does
     * not find the pin, it was published later; then the epoch read again is h at least. So whatever
     * that scan allows to be freed, stamped below h, was unlinked before the epoch became h, and the
     * pinned reader cannot find it.
     *
     * This holds although p may be an old epoch by the time it is published. Such a pin would hold
     * back what nobody pinned can see. So it moves up to the epoch it has read again, c: what was
     * stamped below c the reader cannot find, since it read c after c had begun. Whether a scan finds
     * p or c is all the same then, and the move may be seen late or not be made at all.
     *
     * The scan passes over slots on a shelf whose bit is clear, and shelves it does not find. Both
     * are volatile, and a shelf is linked and the bit set before the pin is published; the bit is
     * cleared, by whoever ended the pin, after that. So a pin that has not ended is visible to a
     * scan with its shelf and its bit, unless it is published after the scan has passed.
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
        long confirmed = epoch;
        if (confirmed != pinned) {
            try {
                pins.move(ticket, confirmed);
            } catch (StackOverflowError noRoom) {
                return ticket; // The older pin holds back more, and can be ended.
            }
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
