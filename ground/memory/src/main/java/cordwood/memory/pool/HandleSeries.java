package cordwood.memory.pool;

/**
 * What makes the handles of one pool different from those of every other: a tag of 6 bits and the
 * generation its cells start with. Safe for use by any number of threads.
 *
 * <p>A pool gets a tag that the fewest open pools have, none while there is one, and of the {@value
 * #PARTS} parts of that tag's generations one in which the fewest open pools began, and of those
 * the one whose last pool was closed longest ago. It starts behind what the pools of that part have
 * reached. So up to 1,024 pools can be open at once and each notices the handles of all others
 * until one cell has had half a million lives ({@link #APART}).
 *
 * <p>Not noticed may be a handle of a closed pool when its part's generations have been used up and
 * begin anew: after half a million lives of the busiest cells of the pools that began there, and
 * after a turn of all parts and tags that are free; and handles of two open pools when more than
 * 1,024 are open.
 */
final class HandleSeries {

    /*
     * A part has two halves. Pools start in the first or at its end, so that those which are open at
     * once start at least the other half apart; and the last part leaves that many generations to
     * every slab number.
     */

    /** How far apart pools start at least that share a tag. Even, as free cells are. */
    static final int APART = 1 << 20;

    private static final int PART = 2 * APART;

    /** No slab begins behind, so that its cells have as many lives left again. */
    private static final int BASE_MAX = Handle.GENERATION_END - CellState.DELTA_END;

    /** How many pools of one tag can be open and start apart from each other. */
    static final int PARTS = BASE_MAX / PART;

    // Guarded by the class; a few words for each part, however many pools there are.
    private static final int[] OPEN_COUNTS = new int[Handle.POOLS];
    private static final int[][] OPEN_IN_PART = new int[Handle.POOLS][PARTS];
    private static final int[][] USED_IN_PART = new int[Handle.POOLS][PARTS];
    private static final long[][] CLOSED_AT = new long[Handle.POOLS][PARTS];
    private static long closes;
    private static int lastTag = -1;

    private final int tag;
    private final int part;
    private final int firstGeneration;

    // Guarded by the class.
    private boolean isOpen = true;

    private HandleSeries(int tag, int part, int firstGeneration) {
        this.tag = tag;
        this.part = part;
        this.firstGeneration = firstGeneration;
    }

    /** The next pool's, whatever its mode. It counts as open until it is closed. */
    static synchronized HandleSeries open() {
        int tag = nextTag();
        int part = nextPart(tag);
        int first = part * PART + USED_IN_PART[tag][part];
        HandleSeries series = new HandleSeries(tag, part, first);
        lastTag = tag;
        OPEN_IN_PART[tag][part]++;
        OPEN_COUNTS[tag]++;
        return series;
    }

    /** What all handles of the pool have in common. */
    long poolTag() {
        return Handle.poolTag(tag);
    }

    /** What cells start with that were never allocated: even. */
    int firstGeneration() {
        return firstGeneration;
    }

    /**
     * Leaves the tag to others. Only the first call does something.
     *
     * @param generationReached no handle of the pool has a higher one
     */
    void close(int generationReached) {
        synchronized (HandleSeries.class) {
            if (isOpen) {
                isOpen = false;
                OPEN_COUNTS[tag]--;
                OPEN_IN_PART[tag][part]--;
                closes++;
                leaveBehind((generationReached + 1) & -2);
            }
        }
    }

    /** Notes in every part that its handles reached what is used there. */
    private void leaveBehind(int reached) {
        int[] used = USED_IN_PART[tag];
        for (int q = part; q < PARTS && (q == part || q * PART < reached); q++) {
            int usedHere = reached - q * PART;
            CLOSED_AT[tag][q] = closes;
            if (usedHere > APART && q == part) {
                used[q] = 0;
            } else if (usedHere > used[q] && usedHere <= APART) {
                used[q] = usedHere;
            }
        }
    }

    /** Of the parts of a tag in which the fewest open pools began, the longest unused. */
    private static int nextPart(int tag) {
        int[] open = OPEN_IN_PART[tag];
        long[] closed = CLOSED_AT[tag];
        int best = 0;
        for (int part = 1; part < PARTS; part++) {
            if (open[part] < open[best]
                    || (open[part] == open[best] && closed[part] < closed[best])) {
                best = part;
            }
        }
        return best;
    }

    /** Of the tags that the fewest have, the one whose turn is longest ago. */
    private static int nextTag() {
        int best = (lastTag + 1) % Handle.POOLS;
        for (int i = 2; i <= Handle.POOLS; i++) {
            int tag = (lastTag + i) % Handle.POOLS;
            if (OPEN_COUNTS[tag] < OPEN_COUNTS[best]) {
                best = tag;
            }
        }
        return best;
    }
}
