package cordwood.memory.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EpochsTest {

    private final Epochs epochs = new Epochs();
    private final List<String> ran = new ArrayList<>();

    @Test
    void actionWaitsForThePinsThatCouldSeeIt() {
        long early = epochs.enter();
        epochs.retire(10, () -> ran.add("first"));
        epochs.advance();
        long late = epochs.enter();
        assertThat(epochs.reclaim()).isZero();
        epochs.leave(early);
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(ran).containsExactly("first");
        epochs.leave(late);
        assertThat(epochs.heldBytes()).isZero();
    }

    /** Seeded bug M11, step by step; EpochTortureTest finds it among running threads. */
    @Test
    void reclaimingOneEpochEarlyRunsAnActionUnderAPinThatCouldSeeIt() {
        Epochs broken = SeededBugs.reclaimingOneEpochEarly();
        long pin = broken.enter();
        broken.retire(10, () -> ran.add("too early"));
        broken.advance();
        broken.reclaim();
        assertThat(ran).containsExactly("too early");
        broken.leave(pin);
    }

    @Test
    void nothingIsReclaimedInTheEpochOfItsRetirement() {
        epochs.retire(10, () -> ran.add("first"));
        assertThat(epochs.reclaim()).isZero();
        assertThat(epochs.heldBytes()).isEqualTo(10);
        epochs.advance();
        assertThat(epochs.reclaim()).isEqualTo(1);
    }

    @Test
    void stalledReaderIsVisible() {
        assertThat(epochs.oldestPinAgeNanos()).isZero();
        long ticket = epochs.enter();
        epochs.advance();
        epochs.oldestPinAgeNanos();
        long start = System.nanoTime();
        while (System.nanoTime() - start < 1_000_000) {
            Thread.onSpinWait();
        }
        assertThat(epochs.oldestPinAgeNanos()).isGreaterThanOrEqualTo(1_000_000);
        assertThat(epochs.pinned()).isEqualTo(1);
        epochs.leave(ticket);
        assertThat(epochs.oldestPinAgeNanos()).isZero();
    }

    @Test
    void leavingTwiceThrowsAndHurtsNobody() {
        long first = epochs.enter();
        epochs.leave(first);
        assertThatThrownBy(() -> epochs.leave(first)).isInstanceOf(IllegalStateException.class);
        long second = epochs.enter();
        assertThatThrownBy(() -> epochs.leave(first)).isInstanceOf(IllegalStateException.class);
        epochs.advance();
        assertThat(epochs.horizon()).isLessThan(epochs.current());
        epochs.leave(second);
    }

    @Test
    void pinsAreNotLimitedInNumber() {
        long[] tickets = new long[1_000];
        for (int i = 0; i < tickets.length; i++) {
            tickets[i] = epochs.enter();
        }
        assertThat(epochs.pinned()).isEqualTo(tickets.length);
        for (long ticket : tickets) {
            epochs.leave(ticket);
        }
        assertThat(epochs.pinned()).isZero();
    }

    @Test
    void failingActionDoesNotKeepTheOthersFromRunning() {
        epochs.retire(
                1,
                () -> {
                    throw new IllegalStateException("injected");
                });
        epochs.retire(1, () -> ran.add("second"));
        epochs.advance();
        assertThatThrownBy(epochs::reclaim).hasMessage("injected");
        assertThat(ran).containsExactly("second");
        assertThat(epochs.retired()).isZero();
    }
}
