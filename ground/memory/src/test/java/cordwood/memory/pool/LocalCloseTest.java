package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import org.junit.jupiter.api.Test;

/** A close of a local pool that is cut short can be repeated. */
final class LocalCloseTest {

    private final Memory memory = TestMemory.unattended(16 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(1));
    private int overflows;
    private boolean closed;

    @Test
    void closeAtTheEndOfTheStackGivesTheShardBackSoonerOrLater() throws InterruptedException {
        try (LocalPool warm = pool.local()) {
            warm.free(warm.allocate(64));
        }
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            LocalPool local = pool.local();
                            local.free(local.allocate(64));
                            closeAtTheEnd(local);
                            local.close();
                        },
                        "owner",
                        512 << 10);
        thread.start();
        thread.join();
        assertThat(overflows).isPositive();
        assertThat(pool.stats().shards().getFirst().leased()).isFalse();
        pool.close();
        memory.close();
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private void closeAtTheEnd(LocalPool local) {
        try {
            closeAtTheEnd(local);
        } catch (StackOverflowError end) {
            // Now the way back.
        }
        if (!closed) {
            try {
                local.close();
                closed = true;
            } catch (StackOverflowError noRoom) {
                overflows++;
            }
        }
    }
}
