package cordwood.memory.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits until a pool that nobody uses has given everything back. */
final class Settled {

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private Settled() {}

    /** Runs upkeep, beside the pool's own thread if there is one, until no slab is left. */
    static void await(SmallPool pool) {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (pool.stats().memory().poolBytes() > 0) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError(TestSeed.rerun() + "\n" + pool.stats().toText());
            }
            pool.trim();
            LockSupport.parkNanos(100_000);
        }
    }
}
