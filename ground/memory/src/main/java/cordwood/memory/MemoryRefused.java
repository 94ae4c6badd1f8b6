package cordwood.memory;

/**
 * Memory asked for was not given, and nothing was changed: free some, ask for less, or try later.
 */
public abstract sealed class MemoryRefused extends RuntimeException
        permits BudgetExceeded, ChunkRefused, HandlesRefused, HeapRefused, SystemRefused {
    private static final long serialVersionUID = 1L;

    MemoryRefused(String message) {
        super(message);
    }

    MemoryRefused(String message, Throwable cause) {
        super(message, cause);
    }

    /** Without a stack trace, to be thrown more than once. */
    MemoryRefused(String message, boolean traced) {
        super(message, null, traced, traced);
    }
}
