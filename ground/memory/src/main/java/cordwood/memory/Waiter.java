package cordwood.memory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One who waits in the line of a {@link Budget}; linked and unlinked under its lock. */
final class Waiter {

    /** Longer patience is cut to this: some seventy years, and no sum of times overflows. */
    private static final long PATIENCE_NANOS_MAX = Long.MAX_VALUE / 4;

    /** What must be free for it. */
    final long wishBytes;

    /** How many in a row of a chunk would do as well; 0 when it waits for no region. */
    final int granules;

    final long deadlineNanos;

    /** What the system did at the last attempt; confined to the thread that waits. */
    @Nullable ChunkRefused refusal;

    // Guarded by the lock of the budget.

    /** What is kept from others for it: its wish, until it was served. */
    long keptBytes;

    @Nullable Waiter next;

    Waiter(long wishBytes, int granules, Duration patience) {
        this.wishBytes = wishBytes;
        this.granules = granules;
        this.keptBytes = wishBytes;
        this.deadlineNanos = System.nanoTime() + nanos(patience);
    }

    private static long nanos(Duration patience) {
        return patience.compareTo(Duration.ofNanos(PATIENCE_NANOS_MAX)) > 0
                ? PATIENCE_NANOS_MAX
                : Math.max(0, patience.isNegative() ? 0 : patience.toNanos());
    }
}
