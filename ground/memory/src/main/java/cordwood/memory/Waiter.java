package cordwood.memory;

import org.jspecify.annotations.Nullable;

/** One who waits in the line of a {@link Budget}; linked and unlinked under its lock. */
final class Waiter {

    /** What must be free for it. */
    final long wishBytes;

    final long deadlineNanos;

    /** What is kept from others for it: its wish, until it was served. */
    long keptBytes;

    @Nullable Waiter next;

    Waiter(long wishBytes, long deadlineNanos) {
        this.wishBytes = wishBytes;
        this.keptBytes = wishBytes;
        this.deadlineNanos = deadlineNanos;
    }
}
