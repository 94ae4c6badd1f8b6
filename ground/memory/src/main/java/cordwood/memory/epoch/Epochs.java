package cordwood.memory.epoch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets readers use shared memory without locks, and tells when what was taken out of reach can be
 * freed. A reader pins, reads, leaves. A writer first makes something unreachable, then retires it;
 * the retired action runs once no reader that might have seen it is still pinned.
 *
 * <p>Safe for use by any number of threads, virtual ones too; a pin may be left by another thread
 * than the one that took it. A pin costs two atomic operations and no allocation. A reader that
 * stays pinned holds back every action retired since: {@link #oldestPinAgeNanos} and {@link
 * #heldBytes} show it.
 */
public final class Epochs {

    private record Retired(long stamp, long bytes, Runnable action) {}

    private final EpochClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock. Stamps ascend, since they are taken under it.
    private final ArrayDeque<Retired> bag = new ArrayDeque<>();
    private long heldBytes;
    private long watchedEpoch;
    private long watchedSinceNanos;

    /** At the first epoch, with nothing pinned and nothing retired. */
    public Epochs() {
        this(new EpochClock(new PinTable()));
    }

    Epochs(EpochClock clock) {
        this.clock = clock;
    }

    /** Pins the present. Answers the ticket to {@link #leave} with, exactly once. */
    public long enter() {
        return clock.enter();
    }

    /**
     * Ends a pin.
     *
     * @throws IllegalStateException when the ticket was left already
     */
    public void leave(long ticket) {
        clock.leave(ticket);
    }

    /**
     * Has {@code action} run, once, when nothing pinned now is pinned any more. The caller has made
     * what it frees unreachable before.
     *
     * @param bytes what the action will free, for {@link #heldBytes}
     */
    public void retire(long bytes, Runnable action) {
        lock.lock();
        try {
            bag.addLast(new Retired(clock.stamp(), bytes, action));
            heldBytes += bytes;
        } finally {
            lock.unlock();
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

    /** Starts a new epoch and answers it. What was retired before becomes reclaimable in it. */
    public long advance() {
        return clock.advance();
    }

    /**
     * Runs, on the calling thread, every retired action that no pin holds back.
     *
     * @return how many ran; when some threw, the first failure is thrown after all have run
     */
    public int reclaim() {
        List<Retired> ready = takeReady();
        @Nullable RuntimeException failure = null;
        for (Retired retired : ready) {
            try {
                retired.action.run();
            } catch (RuntimeException thrown) {
                if (failure == null) {
                    failure = thrown;
                } else {
                    failure.addSuppressed(thrown);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return ready.size();
    }

    /** The current epoch. */
    public long current() {
        return clock.current();
    }

    /** Pins not yet left. */
    public int pinned() {
        return clock.pinned();
    }

    /** Actions retired and not yet run. */
    public int retired() {
        lock.lock();
        try {
            return bag.size();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that retired actions will free. */
    public long heldBytes() {
        lock.lock();
        try {
            return heldBytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * For how long the oldest pin has been seen holding the horizon back; 0 when none does. It is
     * watched here and in {@link #reclaim}, so it is short by up to one interval between the two.
     */
    public long oldestPinAgeNanos() {
        lock.lock();
        try {
            watch(clock.horizon());
            return watchedEpoch == 0 ? 0 : System.nanoTime() - watchedSinceNanos;
        } finally {
            lock.unlock();
        }
    }

    private List<Retired> takeReady() {
        List<Retired> ready = new ArrayList<>();
        lock.lock();
        try {
            long horizon = clock.horizon();
            watch(horizon);
            while (!bag.isEmpty() && bag.peekFirst().stamp < horizon) {
                Retired retired = bag.removeFirst();
                heldBytes -= retired.bytes;
                ready.add(retired);
            }
        } finally {
            lock.unlock();
        }
        return ready;
    }

    private void watch(long horizon) {
        long holding = horizon < clock.current() ? horizon : 0;
        if (holding != watchedEpoch) {
            watchedEpoch = holding;
            watchedSinceNanos = System.nanoTime();
        }
    }
}
