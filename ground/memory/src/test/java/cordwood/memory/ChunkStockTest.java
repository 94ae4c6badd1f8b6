package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ChunkStockTest {

    private static final int MIB = 1 << 20;

    private final Object lock = new Object();
    private final Budget budget = new Budget(8 * MIB);
    private final Account idle = budget.idleAccount();
    private final ChunkStock stock = new ChunkStock(lock, budget, idle);

    @Test
    void chunksThatWereLeavingHaveLeftHoweverManyBeganSince() {
        Chunk first = detached();
        Chunk second = detached();
        long number = stock.lastLeaving();
        Chunk later = detached();
        assertThat(stock.close(second)).isTrue();
        assertThat(stock.haveLeft(number)).isFalse();
        assertThat(stock.close(first)).isTrue();
        assertThat(stock.haveLeft(number)).isTrue();
        assertThat(stock.leavingBytes()).isEqualTo(MIB);
        assertThat(stock.close(later)).isTrue();
        assertThat(stock.leavingBytes()).isZero();
        assertThat(budget.usedBytes()).isZero();
    }

    private Chunk detached() {
        assertThat(budget.take(idle, MIB, MIB, null)).isEqualTo(MIB);
        Chunk chunk = ChunkSource.system(MIB);
        synchronized (lock) {
            stock.add(chunk);
            stock.detach(chunk);
        }
        return chunk;
    }
}
