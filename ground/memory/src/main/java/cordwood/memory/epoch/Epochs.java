package cordwood.memory.epoch;

import cordwood.memory.stack.FirstUse;
import cordwood.memory.stack.StackRoom;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets readers use shared memory without locks, and tells when what was taken out of reach can be
 * freed. A reader pins, reads, leaves. A writer first makes something unreachable, then retires it;
 * the retired action runs once no reader that might have seen it is still pinned.
 *
 * <p>Safe for use by any number of threads, virtual ones too; a pin may be left by another thread
 * than the one that took it. A pin costs two atomic operations and no allocation while few are
 * open, and twice that with any number of them; memory for pins grows with the most ever open at
 * once, by 16 bytes each, and stays. A reader that stays pinned holds back every action retired
 * since: {@link #oldestPinAgeNanos} and {@link #heldBytes} show it.
 */
public final class Epochs {

    /** One of a list in the order of retirement. The stamp and the link are guarded by lock. */
    private static final class Retired {
        final long bytes;
        final Runnable action;
        long stamp;
        @Nullable Retired next;

        Retired(long bytes, Runnable action) {
            this.bytes = bytes;
            this.action = action;
        }
    }

    /** Keeps the first failure, and the next some suppressed in it: a bounded number of them. */
    private static final class FirstFailure implements Consumer<Throwable> {
        private static final int SUPPRESSED_MAX = 16;

        @Nullable Throwable first;

        @Override
        public void accept(Throwable thrown) {
            if (first == null) {
                first = thrown;
                return;
            }
            try {
                if (!first.equals(thrown) && first.getSuppressed().length < SUPPRESSED_MAX) {
                    first.addSuppressed(thrown);
                }
            } catch (Throwable full) {
                return; // What counts is that the others run.
            }
        }
    }

    /** Whether the classes of the pins have been used; they must not begin where the stack ends. */
    private static volatile boolean pinsUsed;

    private static final class FirstPins implements Runnable {
        @Override
        public void run() {
            EpochClock clock = new EpochClock(new PinTable());
            clock.leave(clock.enter());
            clock.advance();
            clock.horizon();
        }
    }

    private final EpochClock clock;
    private final PinAges ages = new PinAges();
    private final Object lock = new Object();

    // Guarded by lock. Stamps ascend, since they are taken under it.
    private @Nullable Retired first;
    private @Nullable Retired last;
    private int retiredCount;
    private long heldBytes;

    /** At the first epoch, with nothing pinned and nothing retired. */
    public Epochs() {
        this(newClock());
    }

    private static EpochClock newClock() {
        StackRoom.require();
        if (!pinsUsed) {
            FirstUse.elsewhere(new FirstPins());
            pinsUsed = true;
        }
        return new EpochClock(new PinTable());
    }

    Epochs(EpochClock clock) {
        this.clock = clock;
    }

    /**
     * Pins the present. Answers the ticket to {@link #leave} with, exactly once.
     *
     * @throws IllegalStateException when some two million pins are open
     */
    public long enter() {
        return clock.enter();
    }

    /**
     * Ends a pin. Of several who leave with one ticket, one succeeds.
     *
     * @throws IllegalStateException when the ticket was left already or is none of these epochs; no
     *     pin is touched then. That a wrong one is taken for right needs a chance of one in 2^27.
     */
    public void leave(long ticket) {
        clock.leave(ticket);
    }

    /**
     * Has {@code action} run, once, by {@link #reclaim}, when nothing pinned now is pinned any
     * more. The caller has made what it frees unreachable before. Runs nothing itself; when it
     * throws, nothing was retired.
     *
     * @param bytes what the action will free, for {@link #heldBytes}
     * @throws IllegalArgumentException when {@code bytes} is negative, or more than a long holds
     *     together with what is held already
     */
    public void retire(long bytes, Runnable action) {
        Objects.requireNonNull(action);
        Retired retired = new Retired(bytes, action);
        boolean fits;
        synchronized (lock) {
            fits = bytes >= 0 && heldBytes + bytes >= 0;
            if (fits) {
                append(retired);
            }
        }
        if (!fits) {
            throw new IllegalArgumentException("retire " + bytes + " bytes");
        }
    }

    /** The stamp of whatever this thread made unreachable so far; compare with {@link #horizon}. */
    public long stamp() {
        return clock.stamp();
    }

    /** Everything stamped below this can be seen by no pin any more. */
    public long horizon() {
        return clock.horizon();
    }

    /**
     * Starts a new epoch and answers it. What was retired before becomes reclaimable in it.
     *
     * @throws IllegalStateException after 2^46 epochs
     */
    public long advance() {
        return clock.advance();
    }

    /**
     * Runs, on the calling thread, every retired action that no pin holds back now, however many
     * there are. Starts a new epoch when some were retired in this one. An action that throws has
     * run: it is not tried again, unless the stack was too short for it.
     *
     * @return how many ran; when some threw, the first failure is thrown after all have run, with
     *     some of the others suppressed in it
     * @throws StackOverflowError when there is too little stack to run an action: it and those not
     *     run yet stay retired, and it is the last of them then
     */
    public int reclaim() {
        FirstFailure failures = new FirstFailure();
        int ranCount = reclaim(failures);
        if (failures.first != null) {
            throwUnchecked(failures.first);
        }
        return ranCount;
    }

    /**
     * As {@link #reclaim()}, but tells {@code failures} what actions threw and goes on. It must not
     * throw.
     *
     * @return how many ran, those that threw included
     * @throws StackOverflowError as {@link #reclaim()}
     */
    public int reclaim(Consumer<? super Throwable> failures) {
        StackRoom.require();
        if (isLastOfThisEpoch()) {
            clock.advance();
        }
        long horizon = watchedHorizon();
        int ranCount = 0;
        @Nullable Retired ready = takeBefore(horizon);
        while (ready != null) {
            try {
                ready.action.run();
            } catch (StackOverflowError noRoom) {
                synchronized (lock) {
                    append(ready);
                }
                throw noRoom;
            } catch (Throwable thrown) {
                failures.accept(thrown);
            }
            ranCount++;
            ready = takeBefore(horizon);
        }
        return ranCount;
    }

    /** The current epoch. */
    public long current() {
        return clock.current();
    }

    /** Pins not yet left. */
    public int pinned() {
        return clock.pinned();
    }

    /** Actions retired and not yet begun. */
    public int retired() {
        synchronized (lock) {
            return retiredCount;
        }
    }

    /** Bytes that the actions retired and not yet begun will free. */
    public long heldBytes() {
        synchronized (lock) {
            return heldBytes;
        }
    }

    /**
     * The age of the oldest pin of an epoch before the current one, at least 1; 0 when there is
     * none and so nothing is held back. It counts from the first look, here or in {@link #reclaim},
     * after the pin's epoch had ended. So it is never too long, and short by the rest of that epoch
     * and one interval between looks at most, or, after some hundred looks, by an eighth of itself.
     */
    public long oldestPinAgeNanos() {
        long epoch = clock.current();
        long nowNanos = System.nanoTime();
        return ages.oldestNanos(epoch, nowNanos, clock.horizon());
    }

    private long watchedHorizon() {
        long epoch = clock.current();
        long nowNanos = System.nanoTime();
        long horizon = clock.horizon();
        ages.oldestNanos(epoch, nowNanos, horizon);
        return horizon;
    }

    /** Called with the lock held. */
    private void append(Retired retired) {
        retired.stamp = clock.stamp();
        retired.next = null;
        if (last == null) {
            first = retired;
        } else {
            last.next = retired;
        }
        last = retired;
        retiredCount++;
        heldBytes += retired.bytes;
    }

    private boolean isLastOfThisEpoch() {
        synchronized (lock) {
            return last != null && last.stamp >= clock.current();
        }
    }

    private @Nullable Retired takeBefore(long horizon) {
        synchronized (lock) {
            Retired taken = first;
            if (taken == null || taken.stamp >= horizon) {
                return null;
            }
            first = taken.next;
            if (first == null) {
                last = null;
            }
            retiredCount--;
            heldBytes -= taken.bytes;
            return taken;
        }
    }

    /** Throws what an action threw, as it is. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
