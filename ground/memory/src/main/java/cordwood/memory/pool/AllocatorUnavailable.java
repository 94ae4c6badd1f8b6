package cordwood.memory.pool;

import org.jspecify.annotations.Nullable;

/**
 * There is no allocator of that name, or what it needs is not here; the message says what to do.
 */
public final class AllocatorUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what is missing, and what to do about it. */
    public AllocatorUnavailable(String message) {
        this(message, null);
    }

    /** With what is missing, what to do about it, and how that was found. */
    public AllocatorUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
