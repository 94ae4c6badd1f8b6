package cordwood.memory;

import org.jspecify.annotations.Nullable;

/** Counts failures and keeps the first and the last. Allocates nothing: the heap may be full. */
final class FailureTally {

    // Guarded by this.
    private long count;
    private @Nullable Throwable first;
    private @Nullable Throwable last;
    private long lastNanos;

    void record(Throwable failure) {
        long nowNanos = System.nanoTime();
        synchronized (this) {
            if (count == 0) {
                first = failure;
            }
            count++;
            last = failure;
            lastNanos = nowNanos;
        }
    }

    synchronized @Nullable Throwable first() {
        return first;
    }

    synchronized UpkeepFailures failures() {
        long sinceNanos = count == 0 ? 0 : System.nanoTime() - lastNanos;
        return new UpkeepFailures(count, first, last, sinceNanos);
    }
}
