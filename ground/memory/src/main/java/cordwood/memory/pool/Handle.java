package cordwood.memory.pool;

/**
 * How a handle names one life of one cell.
 *
 * <pre>
 *   63      58 57              38 37        26 25                0
 *  +----------+------------------+------------+-------------------+
 *  |   pool   |       slab       |    cell    |    generation     |
 *  +----------+------------------+------------+-------------------+
 * </pre>
 *
 * <p>A cell's generation is even while it is free and odd while it is allocated, and only grows; a
 * handle carries the odd one, so no handle is 0. A cell whose generations are used up is not
 * allocated again. So a pool issues no handle twice, until all slab numbers have come to their end:
 * see {@link SlabNumbers}. How handles of different pools differ: see {@link HandleSeries}.
 */
final class Handle {

    static final int POOLS = 64;
    static final int SLABS_MAX = 1 << 20;
    static final int CELLS_MAX = 1 << 12;

    /** The strictest alignment cells are given; regions start on it. */
    static final int CELL_ALIGNMENT_BYTES = 64;

    /** The first generation that does not fit a handle; even, so it marks a cell that is free. */
    static final int GENERATION_END = 1 << 26;

    static final int CELL_SHIFT = 26;
    private static final int SLAB_SHIFT = 38;
    private static final int POOL_SHIFT = 58;

    private Handle() {}

    /** What the handles of a pool have in common. */
    static long poolTag(long poolNumber) {
        return (poolNumber % POOLS) << POOL_SHIFT;
    }

    /** What the handles of a slab have in common. */
    static long slabTag(long poolTag, int slabNumber) {
        return poolTag | (long) slabNumber << SLAB_SHIFT;
    }

    static long of(long slabTag, int cell, int generation) {
        return slabTag | (long) cell << CELL_SHIFT | generation;
    }

    /** The slab's number; not below {@link #SLABS_MAX} when the handle is of another pool. */
    static int slab(long handle, long poolTag) {
        return (int) ((handle ^ poolTag) >>> SLAB_SHIFT);
    }

    static int cell(long handle) {
        return (int) (handle >>> CELL_SHIFT) & (CELLS_MAX - 1);
    }

    static int generation(long handle) {
        return (int) handle & (GENERATION_END - 1);
    }
}
