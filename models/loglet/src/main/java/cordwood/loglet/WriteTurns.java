package cordwood.loglet;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is where a store has no room: workers in the order in which they were refused. As
 * long as one waits only the first may try, so that much is not kept out by little that keeps
 * coming. Thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // a worker is itself
final class WriteTurns {

    private final Runnable whenAnyWaits;
    private final LinkedHashSet<LogletWorker> waiting = new LinkedHashSet<>(); // guarded by this
    private volatile @Nullable LogletWorker first;

    /**
     * @param whenAnyWaits told when the first one comes to wait
     */
    WriteTurns(Runnable whenAnyWaits) {
        this.whenAnyWaits = whenAnyWaits;
    }

    /** Whether a worker may try to write. */
    boolean isTurnOf(LogletWorker worker) {
        LogletWorker next = first;
        return next == null || next == worker;
    }

    /** Whether anybody waits. */
    boolean isEmpty() {
        return first == null;
    }

    /** Puts a worker at the end, unless it waits already. */
    synchronized void join(LogletWorker worker) {
        if (waiting.add(worker) && first == null) {
            first = worker;
            whenAnyWaits.run();
        }
    }

    /** Takes a worker out, and lets the next one try. */
    synchronized void leave(LogletWorker worker) {
        if (waiting.remove(worker) && first == worker) {
            first = waiting.isEmpty() ? null : waiting.getFirst();
            wakeFirst();
        }
    }

    /** Tells the first that there may be room. */
    void wakeFirst() {
        LogletWorker next = first;
        if (next != null) {
            next.wake();
        }
    }
}
