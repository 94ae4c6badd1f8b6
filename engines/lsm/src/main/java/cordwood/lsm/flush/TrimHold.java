package cordwood.lsm.flush;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether background work must leave alone what is trimmed by a trim that is in no table yet: so it
 * is until it is settled which tables are in a checkpoint, since the log, where such a trim is
 * safe, is not. Thread-safe.
 */
public final class TrimHold {

    private final AtomicInteger holders = new AtomicInteger();

    /** Nobody holds. */
    public TrimHold() {}

    /** Holds, until {@link #letGo}. */
    public void hold() {
        holders.incrementAndGet();
    }

    /** Ends one hold. */
    public void letGo() {
        holders.decrementAndGet();
    }

    boolean isHeld() {
        return holders.get() > 0;
    }
}
