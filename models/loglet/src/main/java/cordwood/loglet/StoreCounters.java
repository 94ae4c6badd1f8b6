package cordwood.loglet;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the stores of one loglet by label. Thread-safe. */
final class StoreCounters {

    private record Counter(AtomicLong requests, AtomicLong records, AtomicLong bytes) {}

    private final Map<StoreLabel, Counter> counters = new EnumMap<>(StoreLabel.class);

    StoreCounters() {
        for (StoreLabel label : StoreLabel.values()) {
            counters.put(label, new Counter(new AtomicLong(), new AtomicLong(), new AtomicLong()));
        }
    }

    void count(StoreLabel label, int recordCount, long bodyBytes) {
        Counter counter = counter(label);
        counter.requests.getAndIncrement();
        counter.records.getAndAdd(recordCount);
        counter.bytes.getAndAdd(bodyBytes);
    }

    LogletMetrics.Count count(StoreLabel label) {
        Counter counter = counter(label);
        return new LogletMetrics.Count(
                counter.requests.get(), counter.records.get(), counter.bytes.get());
    }

    private Counter counter(StoreLabel label) {
        return Objects.requireNonNull(counters.get(label));
    }
}
