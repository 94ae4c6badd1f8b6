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
     * The state of a pushed cell is moved by compare-and-set from what its handle says to "freed,
     * before that cell", and again from there when the list has changed meanwhile. A state that is not
     * what this push made of it means that the owner has the cell already: it repaired a list, or freed
     * the cell itself at the same time.
     *
     * A push releases, a detach acquires: what the pusher did with the cell happens before what its
     * next user does. The tail in the word is what makes splicing take constant time.
     */

    static final long EMPTY = 0;
    static final int COUNT_SHIFT = 32;
    static final int TAIL_SHIFT = 16;
    static final int CELL_MASK = 0xFFFF;

    private final long[] states;
    private final PaddedLong list = new PaddedLong();

    /** With the states of the slab's cells: see {@link CellState}. */
    DeferredList(long[] states) {
        this.states = states;
    }

    /** What a push did. */
    enum Pushed {
        /** The list was empty: its owner must be told. */
        FIRST,
        /** Somebody has told the owner before. */
        MORE,
        /** The cell was not in that state, or not any more: nothing happened. */
        REFUSED
    }

    /** Frees a cell and adds it, if its state is {@code from}. */
    Pushed push(int cell, long from) {
        long expected = from;
        while (true) {
            long seen = list.get();
            int next = seen == EMPTY ? CellState.NIL : (int) seen & CELL_MASK;
            long freed = CellState.freed(from, next);
            if (expected != freed
                    && !CellState.STATE.compareAndSet(states, cell, expected, freed)) {
                return expected == from ? Pushed.REFUSED : Pushed.MORE;
            }
            expected = freed;
            int tail = seen == EMPTY ? cell : (int) (seen >>> TAIL_SHIFT) & CELL_MASK;
            long count = (seen >>> COUNT_SHIFT) + 1;
            long more = count << COUNT_SHIFT | (long) tail << TAIL_SHIFT | cell;
            if (list.weakCompareAndSetRelease(seen, more)) {
                return seen == EMPTY ? Pushed.FIRST : Pushed.MORE;
            }
        }
    }

    /** Empties the list; answers the word that describes what was on it. */
    long detach() {
        return list.get() == EMPTY ? EMPTY : list.getAndSet(EMPTY);
    }

    /** How many cells are on it. */
    int count() {
        return (int) (list.get() >>> COUNT_SHIFT);
    }
}
