package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who gives back when asked, and who is asking them. A thread that asks already, because
 * one whom it asks wants memory himself, does not ask again.
 *
 * <p>Safe for use by any number of threads.
 */
final class Reclaimers {

    /** How long is waited for a call to be over. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** With what {@link StackRoom} asks for, several times as much as a reclaimer may need. */
    private static final int ROOM_FRAMES = 1_000;

    /** A thread that asks. */
    private static final class Asking {
        final Thread thread = Thread.currentThread();

        // Guarded by lock.
        Roster.@Nullable Member<Reclaimer> asked;
        @Nullable Asking next;
    }

    private final Roster<Reclaimer> members = new Roster<>();
    private final FailureTally failures;
    private final Object lock = new Object();

    /** All who are asking now. Guarded by lock. */
    private @Nullable Asking first;

    Reclaimers(FailureTally failures) {
        this.failures = failures;
    }

    void add(Reclaimer reclaimer) {
        StackRoom.require();
        members.addFirst(reclaimer);
    }

    /**
     * Takes one back and waits until nobody is asking it any more, but for the thread that calls.
     *
     * @throws IllegalStateException when that is not so after a minute
     */
    void remove(Reclaimer reclaimer) {
        StackRoom.require();
        members.remove(reclaimer);
        if (!Waits.until(lock, WAIT_NANOS, () -> !isAskedElsewhere(reclaimer))) {
            throw new IllegalStateException("a reclaimer does not end");
        }
    }

    /**
     * Has everybody give back what he does not use. One that fails does not keep the others. An
     * overflow of the stack is the caller's when he has not much left of it: then it is no reason
     * to refuse him memory.
     */
    void ask() {
        StackRoom.require();
        Asking asking = new Asking();
        if (!begin(asking)) {
            return;
        }
        StackOverflowError overflow = null;
        try {
            Roster.Member<Reclaimer> member = members.first();
            while (member != null) {
                try {
                    askOne(asking, member);
                } catch (StackOverflowError noRoom) {
                    if (hasRoom()) {
                        failures.record(noRoom);
                    } else {
                        overflow = noRoom;
                    }
                } catch (Throwable failure) {
                    failures.record(failure);
                }
                member = members.after(member);
            }
        } finally {
            end(asking);
        }
        if (overflow != null) {
            throw overflow;
        }
    }

    /** Whether there is so much stack that one who runs out of it is to blame himself. */
    private static boolean hasRoom() {
        try {
            requireRoom(ROOM_FRAMES);
            return true;
        } catch (StackOverflowError noRoom) {
            return false;
        }
    }

    private static void requireRoom(int frames) {
        if (frames == 0) {
            StackRoom.require();
        } else {
            requireRoom(frames - 1);
        }
    }

    private void askOne(Asking asking, Roster.Member<Reclaimer> member) {
        synchronized (lock) {
            asking.asked = member;
        }
        try {
            // Looked at after that: whoever took it back since then did not wait.
            if (!member.gone) {
                member.value.giveBack();
            }
        } finally {
            synchronized (lock) {
                asking.asked = null;
                lock.notifyAll();
            }
        }
    }

    private boolean begin(Asking asking) {
        synchronized (lock) {
            if (find(asking.thread) != null) {
                return false;
            }
            asking.next = first;
            first = asking;
            return true;
        }
    }

    private void end(Asking asking) {
        synchronized (lock) {
            Asking before = null;
            Asking at = first;
            while (at != null && at != asking) {
                before = at;
                at = at.next;
            }
            if (before == null) {
                first = asking.next;
            } else {
                before.next = asking.next;
            }
        }
    }

    // Called with the lock held.

    private @Nullable Asking find(Thread thread) {
        Asking asking = first;
        while (asking != null && !asking.thread.equals(thread)) {
            asking = asking.next;
        }
        return asking;
    }

    /** Whoever took it back: who calls later waits for the same calls. */
    private boolean isAskedElsewhere(Reclaimer reclaimer) {
        Thread current = Thread.currentThread();
        for (Asking asking = first; asking != null; asking = asking.next) {
            Roster.Member<Reclaimer> asked = asking.asked;
            if (asked != null
                    && asked.gone
                    && reclaimer.equals(asked.value)
                    && !current.equals(asking.thread)) {
                return true;
            }
        }
        return false;
    }
}
