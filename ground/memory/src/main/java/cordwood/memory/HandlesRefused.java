package cordwood.memory;

/**
 * A pool has as much in use as its handles can tell apart, although the budget had room for more:
 * free some, or use a second pool.
 */
public final class HandlesRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    /** So many runs of cells are in use. */
    public HandlesRefused(int runs) {
        super("the pool has all of %d runs of cells in use that handles can name".formatted(runs));
    }
}
