package cordwood.loglet;

import org.jspecify.annotations.Nullable;

/**
 * Who waits for a tail. One function says what a waiter is told, at once or later:
 *
 * <ol>
 *   <li>its tail was reached: {@link Status#OK}, sealed or not;
 *   <li>else the loglet is sealed: {@link Status#SEALED};
 *   <li>else it waits for the local tail and nothing will be written any more: {@link
 *       Status#DISABLED};
 *   <li>else its time is over, or it gave up: {@link Status#DROPPED};
 *   <li>else it waits.
 * </ol>
 *
 * Only adding takes heap. Confined to the worker.
 */
final class TailWaiters {

    /** Takes a waiter whose time has come. */
    interface Told {
        void tell(Task task, Status status);
    }

    /** Where a waiter is, so that it can leave the one place when it is called from the other. */
    record Place(SortedTasks byTail, SortedTasks.Entry tail, SortedTasks.Entry deadline) {}

    private final LogletState state;
    private final Told told;
    private final SortedTasks local = new SortedTasks();
    private final SortedTasks global = new SortedTasks();
    private final SortedTasks either = new SortedTasks();
    private final SortedTasks deadlines = new SortedTasks();

    /** Stores of records that are under way already. */
    private final SortedTasks duplicates = new SortedTasks();

    TailWaiters(LogletState state, Told told) {
        this.state = state;
        this.told = told;
    }

    /**
     * Answers at once, or remembers the task.
     *
     * @param nowMillis the time; the task has its deadline
     */
    void add(TailQuery query, Task task, boolean localTailIsFinal, long nowMillis) {
        Status status = status(state, query, localTailIsFinal);
        if (status == null && task.deadlineMillis <= nowMillis) {
            status = Status.DROPPED;
        }
        if (status != null) {
            told.tell(task, status);
            return;
        }
        SortedTasks byTail =
                switch (query) {
                    case TailQuery.LocalTail _ -> local;
                    case TailQuery.GlobalTail _ -> global;
                    case TailQuery.LocalOrGlobal _ -> either;
                };
        SortedTasks.Entry deadline = deadlines.entry(task.deadlineMillis, task);
        task.place = new Place(byTail, byTail.entry(query.target(), task), deadline);
        boolean isIn = false;
        try {
            deadlines.add(deadline);
            byTail.add(task.place.tail());
            isIn = true;
        } finally {
            if (!isIn) { // it found no heap
                leave(task);
            }
        }
    }

    void addDuplicate(long target, Task task) {
        duplicates.add(duplicates.entry(target, task));
    }

    /** Gives up a task, if it is still waiting. */
    void cancel(Task task) {
        if (task.place != null) {
            tell(task, Status.DROPPED);
        }
    }

    /** When the first waiter's time is over, or {@link Long#MAX_VALUE}. */
    long deadlineMillis() {
        return deadlines.lowest();
    }

    /** Tells everybody whose time is over. */
    void expire(long nowMillis) {
        drain(deadlines, nowMillis, Status.DROPPED);
    }

    /** What a query is told now; null when it has to wait. */
    static @Nullable Status status(LogletState state, TailQuery query, boolean localTailIsFinal) {
        boolean reached =
                switch (query) {
                    case TailQuery.LocalTail(long target) -> state.localTail() >= target;
                    case TailQuery.GlobalTail(long target) -> state.globalTail() >= target;
                    case TailQuery.LocalOrGlobal(long target) ->
                            Math.max(state.localTail(), state.globalTail()) >= target;
                };
        if (reached) {
            return Status.OK;
        }
        if (state.isSealed()) {
            return Status.SEALED;
        }
        return query instanceof TailQuery.LocalTail && localTailIsFinal ? Status.DISABLED : null;
    }

    /** Tells everybody whose tail was reached. */
    void tailsRose() {
        long localTail = state.localTail();
        long globalTail = state.globalTail();
        drain(local, localTail, Status.OK);
        drain(global, globalTail, Status.OK);
        drain(either, Math.max(localTail, globalTail), Status.OK);
        drain(duplicates, Math.max(localTail, globalTail), Status.OK);
    }

    /** Tells everybody that the loglet is sealed. */
    void sealed() {
        tailsRose();
        drain(local, LogletOffset.MAX, Status.SEALED);
        drain(global, LogletOffset.MAX, Status.SEALED);
        drain(either, LogletOffset.MAX, Status.SEALED);
    }

    /** The stores that duplicates wait for were refused. */
    void storesRefused(Status status) {
        drain(duplicates, LogletOffset.MAX, status);
    }

    /** Nothing will be written any more. Who waits for a global tail may still see it. */
    void localTailIsFinal() {
        storesRefused(Status.DISABLED);
        drain(local, LogletOffset.MAX, Status.DISABLED);
    }

    /** Tells everybody that it is over. */
    void close() {
        localTailIsFinal();
        drain(global, LogletOffset.MAX, Status.DISABLED);
        drain(either, LogletOffset.MAX, Status.DISABLED);
    }

    private void drain(SortedTasks waiters, long reached, Status status) {
        Task task;
        while ((task = waiters.pollUpTo(reached)) != null) {
            tell(task, status);
        }
    }

    private void tell(Task task, Status status) {
        leave(task);
        told.tell(task, status);
    }

    private void leave(Task task) {
        Place place = task.place;
        if (place != null) {
            task.place = null;
            place.byTail().remove(place.tail());
            deadlines.remove(place.deadline());
        }
    }
}
