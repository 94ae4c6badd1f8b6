package cordwood.memory.fault.inside;

import cordwood.memory.HeapRefused;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.SmallPool;
import java.lang.foreign.ValueLayout;

/**
 * Fills a pool with the smallest cells until the heap, which is small, has no room to keep track of
 * more, frees them all, and fills it again. Prints how many there were each time. The cells are
 * their own list, since a list of handles would need heap.
 */
public final class HeapSpent {

    private static final int ROUNDS = 3;

    private HeapSpent() {}

    /** For a process of its own: the budget is to be larger than the heap can keep track of. */
    public static void main(String[] budgetBytes) {
        MemoryOptions options = MemoryOptions.ofBudget(Long.parseLong(budgetBytes[0]));
        try (Memory memory = Memory.open(options);
                SmallPool pool = SmallPool.open(memory, PoolOptions.defaults())) {
            for (int round = 0; round < ROUNDS; round++) {
                System.out.print(fillAndFree(pool) + " ");
            }
        }
    }

    private static long fillAndFree(SmallPool pool) {
        long last = 0;
        long count = 0;
        try {
            while (true) {
                long handle = pool.allocate(Long.BYTES);
                pool.view(handle).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, last);
                last = handle;
                count++;
            }
        } catch (HeapRefused _) {
            // As wanted.
        }
        while (last != 0) {
            long before = pool.view(last).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            pool.free(last);
            last = before;
        }
        pool.trim();
        pool.trim();
        return count;
    }
}
