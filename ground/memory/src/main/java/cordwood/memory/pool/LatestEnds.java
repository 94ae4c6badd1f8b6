package cordwood.memory.pool;

import org.jspecify.annotations.Nullable;

/**
 * Where the latest handles were freed, to tell those who use one again. For any number of threads;
 * it never grows, and noting one allocates nothing.
 */
final class LatestEnds {

    private static final int COUNT = 1 << 14;

    // Guarded by this.
    private final long[] handles = new long[COUNT];
    private final @Nullable Throwable[] ends = new @Nullable Throwable[COUNT];
    private int next;

    /** Notes where a handle was freed, instead of the oldest. */
    synchronized void note(long handle, Throwable end) {
        handles[next] = handle;
        ends[next] = end;
        next = (next + 1) & (COUNT - 1);
    }

    /** Where it was freed, if that is known. */
    synchronized @Nullable Throwable of(long handle) {
        for (int i = 0; i < COUNT; i++) {
            if (handles[i] == handle) {
                return ends[i];
            }
        }
        return null;
    }
}
