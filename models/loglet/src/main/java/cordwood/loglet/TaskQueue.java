package cordwood.loglet;

import org.jspecify.annotations.Nullable;

/**
 * Tasks in the order they came, linked to each other so that no call takes heap. Confined to the
 * worker.
 */
final class TaskQueue {

    private @Nullable Task first;
    private @Nullable Task last;

    boolean isEmpty() {
        return first == null;
    }

    /** Adds a task that is in no queue. */
    void add(Task task) {
        task.next = null;
        if (last == null) {
            first = task;
        } else {
            last.next = task;
        }
        last = task;
    }

    /** Puts a task that is in no queue before all others. */
    void addFirst(Task task) {
        task.next = first;
        first = task;
        if (last == null) {
            last = task;
        }
    }

    @Nullable Task peek() {
        return first;
    }

    @Nullable Task poll() {
        Task task = first;
        if (task != null) {
            first = task.next;
            task.next = null;
            if (first == null) {
                last = null;
            }
        }
        return task;
    }
}
