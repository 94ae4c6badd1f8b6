package cordwood.memory.pool;

/**
 * What makes the handles of one pool different from those of every other: a tag of 6 bits and the
 * generation its cells start with. Safe for use by any number of threads.
 *
 * <p>A pool gets a tag that no open pool has, while there is one, and starts where the last pools
 * of that tag have ended: so a handle of a closed pool names no life of a later one. When all tags
 * are taken, pools share one, and each starts in a part of the generations that no open pool of the
 * tag has started in: so a handle of the other pool is noticed until one cell has had a million
 * lives.
 *
 * <p>Not noticed are, of the {@value #PARTS} parts of a tag, a handle of a closed pool when its
 * part has its turn again, and handles of two open pools when more than 64 times as many are open
 * as there are parts.
 */
final class HandleSeries {

    /** How far apart pools start that share a tag. Even, as free cells are. */
    static final int APART = 1 << 21;

    /** A pool starts below, so that its cells have as many lives left again. */
    private static final int START_END = Handle.GENERATION_END / 2;

    /** How many pools of one tag can be open and start apart from each other. */
    static final int PARTS = START_END / APART;

    // Guarded by the class; a few words for each tag, however many pools there are.
    private static final int[] OPEN_COUNTS = new int[Handle.POOLS];
    private static final int[] REACHED = new int[Handle.POOLS];
    private static final int[][] OPEN_IN_PART = new int[Handle.POOLS][PARTS];
    private static final int[] LAST_PARTS = new int[Handle.POOLS];
    private static int lastTag = -1;

    private final int tag;
    private final int firstGeneration;

    // Guarded by the class.
    private boolean isOpen = true;

    private HandleSeries(int tag, int firstGeneration) {
        this.tag = tag;
        this.firstGeneration = firstGeneration;
    }

    /** The next pool's, whatever its mode. It counts as open until it is closed. */
    static synchronized HandleSeries open() {
        int tag = nextTag();
        int start = OPEN_COUNTS[tag] == 0 ? REACHED[tag] : nextPart(tag) * APART;
        if (start >= START_END) {
            start = 0;
        }
        HandleSeries series = new HandleSeries(tag, start);
        int part = start / APART;
        if (OPEN_COUNTS[tag] == 0 && start == 0) {
            REACHED[tag] = 0;
        }
        lastTag = tag;
        LAST_PARTS[tag] = part;
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
                int even = (generationReached + 1) & -2;
                isOpen = false;
                OPEN_COUNTS[tag]--;
                OPEN_IN_PART[tag][firstGeneration / APART]--;
                if (even > REACHED[tag]) {
                    REACHED[tag] = even;
                }
            }
        }
    }

    /** Of the parts of a tag in which the fewest open pools began, the one whose turn it is. */
    private static int nextPart(int tag) {
        int best = (LAST_PARTS[tag] + 1) % PARTS;
        for (int i = 2; i <= PARTS; i++) {
            int part = (LAST_PARTS[tag] + i) % PARTS;
            if (OPEN_IN_PART[tag][part] < OPEN_IN_PART[tag][best]) {
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
