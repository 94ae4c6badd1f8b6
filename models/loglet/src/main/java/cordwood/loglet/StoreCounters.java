package cordwood.loglet;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts the stores of one loglet by label. Thread-safe. */
final class StoreCounters {

    private static final int LABELS = StoreLabel.values().length;

    /** Requests by label, then records, then bytes. */
    private final AtomicLongArray counts = new AtomicLongArray(3 * LABELS);

    void count(StoreLabel label, int recordCount, long bodyBytes) {
        int requests = label.ordinal();
        counts.getAndIncrement(requests);
        counts.getAndAdd(requests + LABELS, recordCount);
        counts.getAndAdd(requests + 2 * LABELS, bodyBytes);
    }

    LogletMetrics.Count count(StoreLabel label) {
        int requests = label.ordinal();
        return new LogletMetrics.Count(
                counts.get(requests),
                counts.get(requests + LABELS),
                counts.get(requests + 2 * LABELS));
    }
}
