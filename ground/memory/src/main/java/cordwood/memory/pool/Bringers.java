package cordwood.memory.pool;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who is bringing a slab now: between asking for its memory and offering it to its bin. That memory
 * is charged and its cells are nowhere to be found, so whoever would be refused because of it waits
 * for them first.
 *
 * <p>Safe for use by any number of threads.
 */
final class Bringers {

    private static final long PAUSE_NANOS = 20_000;

    /** One slab being brought. */
    static final class Bringer {
        private final Thread thread;

        // Guarded by the lock of Bringers.
        private long number;
        private @Nullable Bringer older;
        private @Nullable Bringer newer;

        Bringer(Thread thread) {
            this.thread = thread;
        }
    }

    // Guarded by this.
    private @Nullable Bringer oldest;
    private @Nullable Bringer newest;
    private long lastNumber;

    /** Written under the lock of this, read without. */
    private volatile long brought;

    /** One begins; to be ended whatever happens. */
    Bringer begin(Thread thread) {
        Bringer begun = new Bringer(thread);
        synchronized (this) {
            Bringer before = newest;
            lastNumber++;
            begun.number = lastNumber;
            begun.older = before;
            if (before == null) {
                oldest = begun;
            } else {
                before.newer = begun;
            }
            newest = begun;
        }
        return begun;
    }

    /** It has offered its slab, or got none. */
    synchronized void end(Bringer ended, boolean hasOffered) {
        Bringer before = ended.older;
        Bringer after = ended.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        if (hasOffered) {
            brought++;
        }
    }

    /** How many slabs were ever brought. */
    long brought() {
        return brought;
    }

    /**
     * Waits until all that were bringing a slab at the call have ended, or until the deadline. Who
     * begins meanwhile is not waited for: others may go on for ever. A thread that is bringing one
     * itself, and was asked to give back for that, waits for nobody: somebody may wait for it.
     */
    void await(Thread me, long deadlineNanos) {
        long last = lastOfOthers(me);
        while (isSome(last) && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private synchronized long lastOfOthers(Thread me) {
        for (Bringer one = oldest; one != null; one = one.newer) {
            if (one.thread.equals(me)) {
                return 0;
            }
        }
        return lastNumber;
    }

    private synchronized boolean isSome(long last) {
        Bringer first = oldest;
        return first != null && first.number <= last;
    }
}
