package cordwood.loglet;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stores, seals and trims of a worker for which the store had no room: nothing of them has been
 * done or decided, and they are tried again in order. Seals and trims go before stores, for they
 * need little and may be what makes room; no store goes while one of them waits. Confined to the
 * worker.
 */
final class WritesHeld {

    /** How many may be written before the turn passes to another worker. */
    private static final int WRITES_PER_TURN = 32;

    private final WriteTurns turns;
    private final WriteTurns.Place place;
    private final Predicate<Task> attempt;
    private final TailWaiters.Told refused;
    private final TaskQueue controls = new TaskQueue();
    private final TaskQueue stores = new TaskQueue();
    private WriteTurns.@Nullable Line line; // that it waits in

    /**
     * @param attempt writes a task or answers it; false where there is no room
     * @param refused told of those that waited too long
     */
    WritesHeld(
            LogletWorker worker,
            WriteTurns turns,
            Predicate<Task> attempt,
            TailWaiters.Told refused) {
        this.turns = turns;
        this.place = new WriteTurns.Place(worker);
        this.attempt = attempt;
        this.refused = refused;
    }

    boolean isEmpty() {
        return controls.isEmpty() && stores.isEmpty();
    }

    /** Whether what is held has to be written before a task. */
    boolean isAheadOf(Task task) {
        return task.request instanceof Request.Store ? !isEmpty() : !controls.isEmpty();
    }

    /** Holds a task, which has its deadline. */
    void add(Task task) {
        queue(task).add(task);
        queueUp();
    }

    /** Whether a store may be tried. */
    boolean isTurn() {
        return turns.isTurnOf(place);
    }

    private TaskQueue queue(Task task) {
        return task.request instanceof Request.Store ? stores : controls;
    }

    /**
     * Tries those that are held, as far as there is room; whether any got through.
     *
     * @param isLast whether the rest is to be refused
     */
    boolean tryAgain(boolean isLast) {
        if (isEmpty()) {
            queueUp();
            return false;
        }
        boolean worked = drain(controls);
        if (controls.isEmpty()) { // else there may be room by now, for a store that comes after
            worked |= drain(stores);
        }
        if (isLast) {
            refuse(controls, Long.MAX_VALUE);
            refuse(stores, Long.MAX_VALUE);
        }
        if (worked || isLast) {
            waitIn(null); // others may be waiting
        }
        queueUp();
        return worked || isLast;
    }

    private boolean drain(TaskQueue queue) {
        int left = WRITES_PER_TURN;
        Task task;
        while (left > 0 && (task = queue.peek()) != null) {
            // taken out first: written it may be in another queue
            queue.poll();
            if (!attempt.test(task)) {
                queue.addFirst(task);
                break;
            }
            left--;
        }
        return left < WRITES_PER_TURN;
    }

    private void queueUp() {
        if (!controls.isEmpty()) {
            waitIn(turns.ofControls);
        } else {
            waitIn(stores.isEmpty() ? null : turns.ofStores);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a line is itself
    private void waitIn(WriteTurns.@Nullable Line wanted) {
        if (line == wanted) {
            return;
        }
        line = null;
        turns.leave(place);
        if (wanted != null) {
            turns.join(place, wanted);
        }
        line = wanted;
    }

    /** When the first one's time is over, or {@link Long#MAX_VALUE}. */
    long deadlineMillis() {
        return Math.min(deadlineMillis(controls.peek()), deadlineMillis(stores.peek()));
    }

    private static long deadlineMillis(@Nullable Task first) {
        return first == null ? Long.MAX_VALUE : first.deadlineMillis;
    }

    /** Refuses those whose time is over. */
    void expire(long nowMillis) {
        refuse(controls, nowMillis);
        refuse(stores, nowMillis);
        queueUp();
    }

    private void refuse(TaskQueue queue, long nowMillis) {
        Task task;
        while ((task = queue.peek()) != null && task.deadlineMillis <= nowMillis) {
            queue.poll();
            refused.tell(task, Status.DROPPED);
        }
    }
}
