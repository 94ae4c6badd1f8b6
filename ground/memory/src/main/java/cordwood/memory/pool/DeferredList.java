package cordwood.memory.pool;

/**
 * The cells of one slab that other threads have freed, until the owner takes them all at once.
 *
 * <p>Any thread pushes, one detaches.
 */
final class DeferredList {

    /*
     * The whole list is one word: count, last and first cell; links are in the cells' states. Nobody
     * ever pops a single cell, so there is no ABA: a push only says "before what the word describes",
     * and equal words describe equal lists.
     *
     * A push releases, a detach acquires: what the pusher did with the cell happens before what its
     * next user does. The tail in the word is what makes splicing take constant time.
     */

    private static final long EMPTY = 0;

    private final long[] states;
    private final PaddedLong list = new PaddedLong();

    /** With the states of the slab's cells: see {@link CellState}. */
    DeferredList(long[] states) {
        this.states = states;
    }

    /** Adds a cell; answers whether the list was empty. */
    boolean push(int cell) {
        while (true) {
            long seen = list.get();
            int tail = seen == EMPTY ? cell : tail(seen);
            int next = seen == EMPTY ? Slab.NIL : head(seen);
            states[cell] = CellState.linked(states[cell], next);
            if (list.weakCompareAndSetRelease(seen, word(count(seen) + 1, tail, cell))) {
                return seen == EMPTY;
            }
        }
    }

    /** Empties the list; answers the word that describes what was on it. */
    long detach() {
        return list.get() == EMPTY ? EMPTY : list.getAndSet(EMPTY);
    }

    /** How many cells are on it. */
    int count() {
        return count(list.get());
    }

    static int count(long word) {
        return (int) (word >>> 32);
    }

    static int tail(long word) {
        return (int) (word >>> 16) & 0xFFFF;
    }

    static int head(long word) {
        return (int) word & 0xFFFF;
    }

    private static long word(int count, int tail, int head) {
        return (long) count << 32 | (long) tail << 16 | head;
    }
}
