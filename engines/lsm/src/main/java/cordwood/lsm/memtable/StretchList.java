package cordwood.lsm.memtable;

import java.util.SplittableRandom;

/**
 * Skip lists of stretches in an {@link IndexArena}, ordered by first position. A list is a field of
 * eight bytes somewhere in the arena, zero while it is empty. One thread inserts, any number read
 * meanwhile, without locks.
 *
 * <pre>
 *   list   = head tower                 the first node; 0 until there are two
 *   tower  = next[1..7] last[0..7]      heads of the higher levels; last node of each level
 *   node   = first last place bytes count next[0..height)
 * </pre>
 */
final class StretchList {

    /*
     * Invariants: 1. A node is complete before a reference to it is released. 2. It is linked at the
     * lowest level first, so whoever finds it above also finds it below. 3. `last` is read by the
     * inserting thread only: it makes appending in order a matter of one comparison.
     *
     * The first node of a list has one level, so that the many streams with a single stretch cost
     * neither a tower nor higher links.
     */
    static final int LIST_BYTES = 8;

    private static final int LEVELS = 8;
    private static final int LEVEL_BITS = 2;

    private static final int HEAD_AT = 0;
    private static final int TOWER_AT = 4;
    private static final int TOWER_LAST_AT = (LEVELS - 1) * Integer.BYTES;
    private static final int TOWER_BYTES = TOWER_LAST_AT + LEVELS * Integer.BYTES;

    private static final int FIRST_AT = 0;
    private static final int LAST_AT = 8;
    private static final int PLACE_AT = 16;
    private static final int BYTES_AT = 24;
    private static final int COUNT_AT = 28;
    private static final int NEXT_AT = 32;

    private final IndexArena arena;

    // confined to the inserting thread
    private final SplittableRandom heights = new SplittableRandom(0x5EED);
    private final int[] before = new int[LEVELS];
    private int nodeHeight; // levels of the node made last

    StretchList(IndexArena arena) {
        this.arena = arena;
    }

    long first(int node) {
        return arena.longPlain(node, FIRST_AT);
    }

    long last(int node) {
        return arena.longPlain(node, LAST_AT);
    }

    long place(int node) {
        return arena.longPlain(node, PLACE_AT);
    }

    int payloadBytes(int node) {
        return arena.intPlain(node, BYTES_AT);
    }

    int count(int node) {
        return arena.intPlain(node, COUNT_AT);
    }

    /** The first node, or 0. */
    int head(int owner, int at) {
        return arena.intAcquire(owner, at + HEAD_AT);
    }

    /** The node behind a node, or 0. */
    int next(int node) {
        return arena.intAcquire(node, NEXT_AT);
    }

    /** The last node, or 0. */
    int tail(int owner, int at) {
        int node = 0;
        for (int level = topLevel(owner, at); level >= 0; level--) {
            for (int next = follow(owner, at, node, level); next != 0; ) {
                node = next;
                next = follow(owner, at, node, level);
            }
        }
        return node;
    }

    /** The last node whose first position is below a position, or 0. */
    int lastBelow(int owner, int at, long position) {
        int node = 0;
        for (int level = topLevel(owner, at); level >= 0; level--) {
            int next = follow(owner, at, node, level);
            while (next != 0 && first(next) < position) {
                node = next;
                next = follow(owner, at, node, level);
            }
        }
        return node;
    }

    /** The node behind a node, the first one for 0. */
    int after(int owner, int at, int node) {
        return follow(owner, at, node, 0);
    }

    private int topLevel(int owner, int at) {
        return arena.intAcquire(owner, at + TOWER_AT) == 0 ? 0 : LEVELS - 1;
    }

    private int follow(int owner, int at, int node, int level) {
        if (node != 0) {
            return arena.intAcquire(node, NEXT_AT + level * Integer.BYTES);
        }
        if (level == 0) {
            return arena.intAcquire(owner, at + HEAD_AT);
        }
        int tower = arena.intAcquire(owner, at + TOWER_AT);
        return tower == 0 ? 0 : arena.intAcquire(tower, (level - 1) * Integer.BYTES);
    }

    /**
     * Inserts a stretch that shares no position with the list; false, and nothing done, when it
     * does.
     */
    boolean insertApart(
            int owner, int at, long first, long last, long place, int payloadBytes, int count) {
        int tail = cachedTail(owner, at);
        if (tail == 0 || last(tail) < first) {
            append(owner, at, node(owner, at, first, last, place, payloadBytes, count));
            return true;
        }
        int previous = findBefore(owner, at, first);
        if (previous != 0 && last(previous) >= first) {
            return false;
        }
        int next = after(owner, at, previous);
        if (next != 0 && first(next) <= last) {
            return false;
        }
        link(owner, at, node(owner, at, first, last, place, payloadBytes, count));
        return true;
    }

    /** Inserts a single record, before those that are at its position already. */
    void insertNewer(int owner, int at, long position, long place, int payloadBytes) {
        int tail = cachedTail(owner, at);
        if (tail == 0 || last(tail) < position) {
            append(owner, at, node(owner, at, position, position, place, payloadBytes, 1));
        } else {
            findBefore(owner, at, position);
            link(owner, at, node(owner, at, position, position, place, payloadBytes, 1));
        }
    }

    private int node(
            int owner, int at, long first, long last, long place, int payloadBytes, int count) {
        int height = height(owner, at);
        int node = arena.allocate(NEXT_AT + height * Integer.BYTES);
        arena.putLongPlain(node, FIRST_AT, first);
        arena.putLongPlain(node, LAST_AT, last);
        arena.putLongPlain(node, PLACE_AT, place);
        arena.putIntPlain(node, BYTES_AT, payloadBytes);
        arena.putIntPlain(node, COUNT_AT, count);
        nodeHeight = height;
        return node;
    }

    private int height(int owner, int at) {
        int head = arena.intPlain(owner, at + HEAD_AT);
        if (head == 0) {
            return 1;
        }
        if (arena.intPlain(owner, at + TOWER_AT) == 0) {
            int tower = arena.allocate(TOWER_BYTES);
            arena.putIntPlain(tower, TOWER_LAST_AT, head);
            arena.putIntRelease(owner, at + TOWER_AT, tower);
        }
        int zeros = Long.numberOfTrailingZeros(heights.nextLong());
        return Math.min(LEVELS, 1 + zeros / LEVEL_BITS);
    }

    private int cachedTail(int owner, int at) {
        int tower = arena.intPlain(owner, at + TOWER_AT);
        return tower == 0
                ? arena.intPlain(owner, at + HEAD_AT)
                : arena.intPlain(tower, TOWER_LAST_AT);
    }

    private void append(int owner, int at, int node) {
        int tower = arena.intPlain(owner, at + TOWER_AT);
        if (tower == 0) {
            arena.putIntRelease(owner, at + HEAD_AT, node);
            return;
        }
        for (int level = 0; level < nodeHeight; level++) {
            int lastAt = TOWER_LAST_AT + level * Integer.BYTES;
            setNext(owner, at, arena.intPlain(tower, lastAt), level, node);
            arena.putIntPlain(tower, lastAt, node);
        }
    }

    /** As {@link #lastBelow}, keeping the node before on every level for {@link #link}. */
    private int findBefore(int owner, int at, long position) {
        int node = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            int next = follow(owner, at, node, level);
            while (next != 0 && first(next) < position) {
                node = next;
                next = follow(owner, at, node, level);
            }
            before[level] = node;
        }
        return node;
    }

    private void link(int owner, int at, int node) {
        int tower = arena.intPlain(owner, at + TOWER_AT);
        for (int level = 0; level < nodeHeight; level++) {
            int next = follow(owner, at, before[level], level);
            arena.putIntPlain(node, NEXT_AT + level * Integer.BYTES, next);
            setNext(owner, at, before[level], level, node);
            if (next == 0) {
                arena.putIntPlain(tower, TOWER_LAST_AT + level * Integer.BYTES, node);
            }
        }
    }

    private void setNext(int owner, int at, int node, int level, int next) {
        if (node != 0) {
            arena.putIntRelease(node, NEXT_AT + level * Integer.BYTES, next);
        } else if (level == 0) {
            arena.putIntRelease(owner, at + HEAD_AT, next);
        } else {
            int tower = arena.intPlain(owner, at + TOWER_AT);
            arena.putIntRelease(tower, (level - 1) * Integer.BYTES, next);
        }
    }
}
