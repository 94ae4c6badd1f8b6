package cordwood.memory;

/**
 * Memory asked for was not given, and nothing was changed: free some, ask for less, or try later.
 */
public abstract sealed class MemoryRefused extends RuntimeException
        permits BudgetExceeded, ChunkRefused, HeapRefused, SystemRefused {
    private static final long serialVersionUID = 1L;

    MemoryRefused(String message) {
        super(message);
    }

    MemoryRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
