package cordwood.memory.pool;

/**
 * What a slab knows of one cell, in one word: its generation and, while it is on a list, the cell
 * after it.
 *
 * <p>The cell after one that has a user means nothing. A list damaged by racing frees of one handle
 * may write it all the same, so a user's cell is told by its generation alone.
 */
final class CellState {

    private static final int NEXT_SHIFT = Integer.SIZE;
    private static final long GENERATION_MASK = (1L << NEXT_SHIFT) - 1;

    private CellState() {}

    /** Of a free cell before another one. */
    static long free(int generation, int next) {
        return (long) next << NEXT_SHIFT | generation;
    }

    /** The same cell before another one. */
    static long linked(long state, int next) {
        return (long) next << NEXT_SHIFT | (state & GENERATION_MASK);
    }

    static int generation(long state) {
        return (int) state;
    }

    static int next(long state) {
        return (int) (state >>> NEXT_SHIFT);
    }
}
