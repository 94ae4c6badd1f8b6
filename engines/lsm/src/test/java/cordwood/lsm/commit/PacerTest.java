package cordwood.lsm.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When writing is slowed down, and by how much. */
final class PacerTest {

    private static final long DEBT_BYTES_MAX = 100 << 20;
    private static final long GROUP_BYTES = 1 << 20;

    /** A byte a nanosecond: flushing a group takes about a millisecond. */
    private static final double FLUSH_BYTES_PER_NANO = 1;

    private static final long PAUSE_NANOS_MAX = 10_000_000;

    private long nowNanos = 1;
    private final List<Long> pauses = new ArrayList<>();
    private final Stalls stalls = new Stalls(() -> nowNanos);
    private final Pacer pacer = new Pacer(DEBT_BYTES_MAX, () -> nowNanos, this::pause, stalls);

    private void pause(long nanos) {
        pauses.add(nanos);
        nowNanos += nanos;
    }

    private void write(int groups, long bytes, double debtShare, double flushBytesPerNano) {
        for (int i = 0; i < groups; i++) {
            pacer.beforeGroup(bytes, (long) (debtShare * DEBT_BYTES_MAX), flushBytesPerNano);
        }
    }

    @Test
    void writingIsFreeWhileLittleWaits() {
        write(1_000, GROUP_BYTES, 0.69, FLUSH_BYTES_PER_NANO);

        assertThat(pauses).isEmpty();
        assertThat(stalls.heldBackNanos()).isZero();
    }

    @Test
    void writingIsFreeWhileNobodyKnowsHowFastIsFlushed() {
        write(1_000, GROUP_BYTES, 1, 0);

        assertThat(pauses).isEmpty();
    }

    @Test
    void theMoreWaitsTheLongerAGroupIsHeldBack() {
        for (double share : new double[] {0.75, 0.85, 1}) {
            write(20, GROUP_BYTES, share, FLUSH_BYTES_PER_NANO);
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
        write(10, 100 * GROUP_BYTES, 1, FLUSH_BYTES_PER_NANO);

        assertThat(pauses).hasSizeGreaterThan(5);
        assertThat(pauses).allMatch(nanos -> nanos <= PAUSE_NANOS_MAX);
    }

    @Test
    void shortPausesAreSavedUp() {
        write(1_000, 1_000, 1, FLUSH_BYTES_PER_NANO);

        assertThat(pauses).hasSizeBetween(30, 40).allMatch(nanos -> nanos >= 50_000);
    }
}
