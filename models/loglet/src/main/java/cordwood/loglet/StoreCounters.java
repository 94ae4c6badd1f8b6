package cordwood.loglet;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts the stores of one loglet by label. Thread-safe. */
final class StoreCounters {

    // indexes of a label's three numbers
    private static final int REQUESTS = 0;
    private static final int RECORDS = 1;
    private static final int BYTES = 2;

    private final Map<StoreLabel, AtomicLongArray> counters = new EnumMap<>(StoreLabel.class);

    StoreCounters() {
        for (StoreLabel label : StoreLabel.values()) {
            counters.put(label, new AtomicLongArray(3));
        }
    }

    void count(StoreLabel label, int recordCount, long bodyBytes) {
        AtomicLongArray counter = counter(label);
        counter.getAndIncrement(REQUESTS);
        counter.getAndAdd(RECORDS, recordCount);
        counter.getAndAdd(BYTES, bodyBytes);
    }

    LogletMetrics.Count count(StoreLabel label) {
        AtomicLongArray counter = counter(label);
        return new LogletMetrics.Count(
                counter.get(REQUESTS), counter.get(RECORDS), counter.get(BYTES));
    }

    private AtomicLongArray counter(StoreLabel label) {
        return Objects.requireNonNull(counters.get(label));
    }
}
