package cordwood.bench.workload;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what one thread does, for others to look at meanwhile. */
public final class Counter {

    // written by the one thread, read by the reporting one
    private final AtomicLong recordCount = new AtomicLong();
    private final AtomicLong batchCount = new AtomicLong();
    private final AtomicLong bodyBytes = new AtomicLong();

    /** A counter at nothing. */
    public Counter() {}

    /** Adds; the one thread only. */
    public void add(long records, long batches, long bytes) {
        recordCount.lazySet(recordCount.getPlain() + records);
        batchCount.lazySet(batchCount.getPlain() + batches);
        bodyBytes.lazySet(bodyBytes.getPlain() + bytes);
    }

    /** What was counted so far. */
    public Tally tally() {
        return new Tally(recordCount.get(), batchCount.get(), bodyBytes.get());
    }
}
