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
 *   <li>else it waits.
 * </ol>
 *
 * Confined to the worker.
 */
final class TailWaiters {

    /** Takes a waiter whose time has come. */
    interface Told {
        void tell(Task task, Status status);
    }

    private final LogletState state;
    private final Told told;
    private final SortedTasks local = new SortedTasks();
    private final SortedTasks global = new SortedTasks();
    private final SortedTasks either = new SortedTasks();

    /** Stores of records that are under way already. */
    private final SortedTasks duplicates = new SortedTasks();

    TailWaiters(LogletState state, Told told) {
        this.state = state;
        this.told = told;
    }

    /** Answers at once, or remembers the task. */
    void add(TailQuery query, Task task, boolean localTailIsFinal) {
        Status status = status(state, query, localTailIsFinal);
        if (status != null) {
            told.tell(task, status);
            return;
        }
        switch (query) {
            case TailQuery.LocalTail(long target) -> local.add(target, task);
            case TailQuery.GlobalTail(long target) -> global.add(target, task);
            case TailQuery.LocalOrGlobal(long target) -> either.add(target, task);
        }
    }

    void addDuplicate(long target, Task task) {
        duplicates.add(target, task);
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

    private void drain(SortedTasks waiters, long tail, Status status) {
        Task task;
        while ((task = waiters.pollUpTo(tail)) != null) {
            told.tell(task, status);
        }
    }
}
