package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MemoryTest {

    @Test
    void emptyChunksGoBackByThemselves() throws InterruptedException {
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(64 << 20))) {
            memory.chunks().region(memory.budget().account("test"), 1000).close();
            assertThat(memory.budget().usedBytes()).isPositive();
            long deadlineNanos = System.nanoTime() + 10_000_000_000L;
            while (memory.budget().usedBytes() > 0 && System.nanoTime() < deadlineNanos) {
                Thread.onSpinWait();
            }
            assertThat(memory.budget().usedBytes()).isZero();
            assertThat(memory.upkeepFailure()).isNull();
        }
    }
}
