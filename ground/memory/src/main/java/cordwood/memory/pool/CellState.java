package cordwood.memory.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a slab knows of one cell, in one word: how often it has changed hands in this slab's life,
 * and the cell after it on a list.
 *
 * <pre>
 *   63                32 31  29 28    27  26      25   24          0
 *  +--------------------+------+--------+--------+----+-------------+
 *  |        next        |      | on list|retired |used|    delta    |
 *  |                    |      |  1 | 0 |        | up |             |
 *  +--------------------+------+--------+--------+----+-------------+
 * </pre>
 *
 * <p>The delta is even while the cell is free and odd while it has a user; the slab's base and the
 * delta together are the generation. Of a cell that has a user the delta is all there is, so the
 * whole word follows from its handle, and no other state is odd. A retired cell, which still has
 * its user's contents, keeps the delta before its own; until somebody takes it to free it, it is on
 * the list of a generation of retirement. Zero is a cell that was never used.
 */
final class CellState {

    static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);

    static final int NEXT_SHIFT = 32;

    /** Ends a list. */
    static final int NIL = 0xFFFF;

    private static final long RETIRED = 1L << 26;
    private static final int LISTED_SHIFT = 27;
    private static final long LISTED = 3L << LISTED_SHIFT;

    /** The first delta that does not fit: a cell freed that often leaves service. */
    static final int DELTA_END = 1 << 25;

    private static final long DELTA_MASK = DELTA_END - 1L;

    /** Set in the state of a cell that has a user or is retired. */
    static final long NOT_FREE = RETIRED | 1;

    /** Set in a state that must not be handed out. */
    static final long NOT_ALLOCATABLE = RETIRED | DELTA_END | 1;

    /** Everything but the next cell. */
    static final long LIFE_MASK = (1L << NEXT_SHIFT) - 1;

    private CellState() {}

    static int next(long state) {
        return (int) (state >>> NEXT_SHIFT);
    }

    /** The same cell before another one. */
    static long linked(long state, int next) {
        return (long) next << NEXT_SHIFT | (state & LIFE_MASK);
    }

    /** Freed, before another cell, of one with a user or retired. */
    static long freed(long state, int next) {
        return (long) next << NEXT_SHIFT | (deltaOfLife(state) + 1);
    }

    /** Retired, on the list of a generation before another cell, of one with a user or retired. */
    static long retired(long state, int generation, int next) {
        long listed = 1L << (LISTED_SHIFT + generation);
        return (long) next << NEXT_SHIFT | listed | RETIRED | ((state & DELTA_MASK) & ~1L);
    }

    /** Whether the cell is on the list of that generation. */
    static boolean isListed(long state, int generation) {
        return (state >>> (LISTED_SHIFT + generation) & 1) != 0;
    }

    /** The same cell on no list. */
    static long unlisted(long state) {
        return state & ~LISTED;
    }

    /** Whether somebody may still look at the cell: it has a user or is retired. */
    static boolean isLive(long state) {
        return (state & NOT_FREE) != 0;
    }

    static boolean isRetired(long state) {
        return (state & RETIRED) != 0;
    }

    static boolean isUsedUp(long state) {
        return (state & DELTA_END) != 0 && !isLive(state);
    }

    /** The odd delta a live cell's handle was made with. */
    static int deltaOfLife(long state) {
        return (int) (state & DELTA_MASK) | 1;
    }

    /** The even delta beyond every one that was used for a handle. */
    static int deltaAfter(long state) {
        return isLive(state) ? deltaOfLife(state) + 1 : (int) (state & (DELTA_END | DELTA_MASK));
    }
}
