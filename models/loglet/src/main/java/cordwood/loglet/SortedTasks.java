package cordwood.loglet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a tail, by the tail they wait for; of equal ones the first come is the first
 * served. Adding at the end and taking from the front cost no search. Confined to the worker.
 */
final class SortedTasks {

    private static final int CAPACITY_MIN = 16;

    // a ring: entry i is at (head + i) & (length - 1)
    private long[] targets = new long[CAPACITY_MIN];
    private @Nullable Task[] tasks = new @Nullable Task[CAPACITY_MIN];
    private int head;
    private int count;

    int count() {
        return count;
    }

    void add(long target, Task task) {
        if (count == tasks.length) {
            grow();
        }
        int at = insertionPoint(target);
        for (int i = count; i > at; i--) {
            targets[slot(i)] = targets[slot(i - 1)];
            tasks[slot(i)] = tasks[slot(i - 1)];
        }
        targets[slot(at)] = target;
        tasks[slot(at)] = task;
        count++;
    }

    /** Removes the first task if it waits for {@code tail} or less, or returns null. */
    @Nullable Task pollUpTo(long tail) {
        if (count == 0 || targets[head] > tail) {
            return null;
        }
        Task task = tasks[head];
        tasks[head] = null;
        head = slot(1);
        count--;
        return task;
    }

    private int insertionPoint(long target) {
        if (count == 0 || targets[slot(count - 1)] <= target) {
            return count;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (targets[slot(middle)] <= target) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int slot(int index) {
        return (head + index) & (tasks.length - 1);
    }

    private void grow() {
        long[] moreTargets = Arrays.copyOf(targets, targets.length * 2);
        @Nullable Task[] moreTasks = Arrays.copyOf(tasks, tasks.length * 2);
        for (int i = 0; i < count; i++) {
            moreTargets[i] = targets[slot(i)];
            moreTasks[i] = tasks[slot(i)];
        }
        targets = moreTargets;
        tasks = moreTasks;
        head = 0;
    }
}
