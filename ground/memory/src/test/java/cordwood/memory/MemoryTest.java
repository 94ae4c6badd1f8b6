package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.epoch.Epochs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryTest {

    @Test
    void sizesOfNoMemoryAreRefused() {
        for (long chunkBytes : new long[] {-1, 0, 1 << 16, 1L << 48, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> new MemoryOptions(Long.MAX_VALUE, chunkBytes, false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Memory.open(new MemoryOptions(Long.MAX_VALUE, 1L << 40, false)).close();
    }

    @Test
    @SuppressWarnings("NullAway")
    void nothingIsRefusedAtOnceAsANameATaskOrAReclaimer() {
        Memory memory = TestMemory.unattended(8 << 20);
        assertThatThrownBy(() -> memory.budget().account(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> memory.addReclaimer(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> memory.removeReclaimer(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> memory.addUpkeep(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> memory.removeUpkeep(null))
                .isInstanceOf(NullPointerException.class);
        memory.askReclaimers();
        TestMemory.runUpkeep(memory);
        assertThat(memory.upkeepFailures().count()).isZero();
        assertThat(memory.budget().account("a").owner()).isEqualTo("a");
        memory.close();
    }

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

    @Test
    void closeRunsWhatNoPinHoldsBackAndReclaimTheRest() {
        List<String> ran = new ArrayList<>();
        Memory memory = TestMemory.unattended(8 << 20);
        Epochs epochs = memory.epochs();
        epochs.retire(1, () -> epochs.retire(1, () -> ran.add("second")));
        epochs.retire(
                1,
                () -> {
                    throw new IllegalStateException("one that fails");
                });
        epochs.advance();
        long pin = epochs.enter();
        epochs.retire(1, () -> ran.add("held back"));
        memory.close();
        assertThat(epochs.retired()).isEqualTo(2);
        epochs.leave(pin);
        assertThat(epochs.reclaim()).isEqualTo(2);
        assertThat(ran).containsExactlyInAnyOrder("second", "held back");
        epochs.retire(1, () -> epochs.retire(1, () -> ran.add("last")));
        memory.close();
        assertThat(ran).endsWith("last");
        assertThat(epochs.retired()).isZero();
        assertThat(memory.upkeepFailures().count()).isEqualTo(1);
    }

    @Test
    void closeGivesAllBackBesideActionsThatTheStackIsTooShortFor() {
        Memory memory = TestMemory.unattended(8 << 20);
        memory.chunks().region(memory.budget().account("test"), 1000);
        StackOverflowError overflow = new StackOverflowError("injected");
        memory.epochs()
                .retire(
                        1,
                        () -> {
                            throw overflow;
                        });
        assertThatThrownBy(memory::close).isSameAs(overflow);
        assertThat(memory.epochs().retired()).isEqualTo(1);
        assertThat(memory.chunks().nativeBytes()).isZero();
    }
}
