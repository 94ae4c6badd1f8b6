package cordwood.memory.fault.inside;

import cordwood.memory.HeapRefused;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.CellAllocator;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.SmallPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads, half of them with local pools, fill one pool with the smallest cells until the heap,
 * which is small, has no room to keep track of more. Prints how often they were refused by that
 * name, and how often anything else was thrown.
 */
public final class HeapShared {

    private static final int THREADS = 4;
    private static final int REFUSALS = 4;
    private static final int RESERVE_BYTES = 2 << 20;

    private static final AtomicInteger REFUSED = new AtomicInteger();
    private static final AtomicInteger OTHER = new AtomicInteger();

    /** What is left to say how it went. */
    private static final AtomicReference<byte @Nullable []> RESERVE =
            new AtomicReference<>(new byte[RESERVE_BYTES]);

    private HeapShared() {}

    /** For a process of its own: the budget is to be larger than the heap can keep track of. */
    public static void main(String[] budgetBytes) throws InterruptedException {
        Memory memory = Memory.open(MemoryOptions.ofBudget(Long.parseLong(budgetBytes[0])));
        SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            boolean isLocal = t % 2 == 0;
            threads[t] = new Thread(() -> fill(isLocal ? pool.local() : pool));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        RESERVE.set(null);
        System.out.print("refused " + REFUSED.get() + " other " + OTHER.get());
        System.out.flush();
        Runtime.getRuntime().halt(0); // With all cells in use.
    }

    private static void fill(CellAllocator cells) {
        int refusals = 0;
        while (refusals < REFUSALS) {
            try {
                cells.allocate(Long.BYTES);
            } catch (HeapRefused _) {
                refusals++;
                REFUSED.incrementAndGet();
            } catch (Throwable _) {
                refusals++;
                OTHER.incrementAndGet();
            }
        }
    }
}
