package cordwood.loglet;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks handed to a worker: many threads push, the worker takes all there is at once.
 *
 * <p>Only who pushes onto an empty inbox must wake the worker: the worker looks once more after it
 * said that it is going to sleep, and everybody who pushes later finds the inbox non-empty until
 * the worker has taken it.
 */
@SuppressWarnings("ReferenceEquality") // the end mark is one object
final class Inbox {

    /** What became of a push. */
    enum Push {
        /** It is in; the worker must be woken. */
        FIRST,
        /** It is in; who pushed before wakes the worker. */
        BEHIND_OTHERS,
        /** It is not in: the inbox was closed. */
        REFUSED
    }

    private static final Task CLOSED =
            new Task(new NodeId(0, 0), new Request.Release(RequestHeader.of(0)), ReplyTo.NOBODY);

    /** The task pushed last, linked to the one before it. */
    private final AtomicReference<@Nullable Task> last = new AtomicReference<>();

    Push push(Task task) {
        while (true) {
            Task before = last.getAcquire();
            if (before == CLOSED) {
                return Push.REFUSED;
            }
            task.next = before;
            if (last.compareAndSet(before, task)) {
                return before == null ? Push.FIRST : Push.BEHIND_OTHERS;
            }
        }
    }

    /** Empties the inbox: its first task, linked to those after it, or null. Worker only. */
    @Nullable Task takeAll() {
        return last.getAcquire() == null ? null : inOrder(last.getAndSet(null));
    }

    /** As {@link #takeAll}, and refuses everything later. Worker only, once. */
    @Nullable Task close() {
        return inOrder(last.getAndSet(CLOSED));
    }

    private static @Nullable Task inOrder(@Nullable Task newest) {
        Task first = null;
        Task task = newest;
        while (task != null) {
            Task older = task.next;
            task.next = first;
            first = task;
            task = older;
        }
        return first;
    }
}
