package cordwood.loglet;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a number to be reached, by that number; of equal ones the first come is the
 * first served. Confined to the worker.
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

    Entry add(long target, Task task) {
        Entry entry = new Entry(target, arrivals++, task);
        entries.add(entry);
        return entry;
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
        if (entries.isEmpty() || entries.first().target() > reached) {
            return null;
        }
        Entry first = entries.pollFirst();
        return first == null ? null : first.task();
    }
}
