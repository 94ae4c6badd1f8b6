package cordwood.loglet;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a number to be reached, by that number; of equal ones the first come is the
 * first served. Only adding takes heap. Confined to the worker.
 */
final class SortedTasks {

    /**
     * A task in its place.
     *
     * @param target the number it waits for
     * @param arrival how many came before it
     */
    record Entry(long target, long arrival, Task task) {}

    private static final Comparator<Entry> ORDER =
            Comparator.comparingLong(Entry::target).thenComparingLong(Entry::arrival);

    private final TreeSet<Entry> entries = new TreeSet<>(ORDER);
    private long arrivals;

    int count() {
        return entries.size();
    }

    /** A task's next place, which it does not take yet. */
    Entry entry(long target, Task task) {
        return new Entry(target, arrivals++, task);
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    /** The lowest number that is waited for, or {@link Long#MAX_VALUE}. */
    long lowest() {
        return entries.isEmpty() ? Long.MAX_VALUE : entries.first().target();
    }

    /** Removes the first task if it waits for {@code reached} or less, or returns null. */
    @Nullable Task pollUpTo(long reached) {
        if (entries.isEmpty()) {
            return null;
        }
        Entry first = entries.first();
        if (first.target() > reached) {
            return null;
        }
        entries.remove(first);
        return first.task();
    }
}
