package cordwood.lsm.commit;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.flush.FlushDebt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a writer is held up to the rate that is allowed. */
final class PacerTest {

    private static final long DEBT_BYTES_MAX = 100 << 20;
    private static final long GROUP_BYTES = 4 << 20;
    private static final long PAUSE_NANOS_MAX = 10_000_000;

    private long nowNanos = 1;
    private long debtBytes;
    private final List<Long> pauses = new ArrayList<>();
    private final Stalls stalls = new Stalls(() -> nowNanos);
    private final FlushDebt debt = debt();
    private final Pacer pacer = new Pacer(debt, () -> nowNanos, this::pause, stalls);

    /** A byte a nanosecond is flushed: flushing a group takes about four milliseconds. */
    private FlushDebt debt() {
        FlushDebt flushed =
                new FlushDebt(
                        new FlushDebt.Parts(
                                () -> 0,
                                0,
                                () -> 0,
                                () -> debtBytes,
                                0,
                                DEBT_BYTES_MAX,
                                () -> 0,
                                0,
                                () -> true));
        flushed.flushed(GROUP_BYTES, GROUP_BYTES);
        return flushed;
    }

    private void pause(long nanos) {
        pauses.add(nanos);
        nowNanos += nanos;
    }

    private void write(int groups, long bytes, double debtShare) {
        debtBytes = (long) (debtShare * DEBT_BYTES_MAX);
        for (int i = 0; i < groups; i++) {
            pacer.beforeGroup(bytes);
        }
    }

    @Test
    void nobodyWaitsWhereThereIsNoBound() {
        write(1_000, GROUP_BYTES, 0.69);

        assertThat(pauses).isEmpty();
        assertThat(stalls.heldBackNanos()).isZero();
    }

    @Test
    void theMoreWaitsTheLongerAGroupIsHeldBack() {
        for (double share : new double[] {0.75, 0.85, 1}) {
            write(20, GROUP_BYTES, share);
            nowNanos += PAUSE_NANOS_MAX;
        }

        assertThat(pauses).isSorted();
        assertThat(pauses.getFirst()).isLessThan(GROUP_BYTES);
        assertThat(pauses.getLast()).as("half as fast as is flushed").isEqualTo(2 * GROUP_BYTES);
        assertThat(stalls.nanos(Stalls.Cause.PACING))
                .isEqualTo(pauses.stream().mapToLong(nanos -> nanos).sum());
    }

    @Test
    void noPauseIsLong() {
        write(10, 100 * GROUP_BYTES, 1);

        assertThat(pauses).hasSizeGreaterThan(5);
        assertThat(pauses).allMatch(nanos -> nanos <= PAUSE_NANOS_MAX);
    }

    @Test
    void shortPausesAreSavedUp() {
        write(10_000, 1_000, 1);

        assertThat(pauses).hasSizeBetween(15, 20).allMatch(nanos -> nanos >= 1_000_000);
    }
}
