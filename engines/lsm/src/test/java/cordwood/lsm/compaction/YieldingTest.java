package cordwood.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a compaction rests. */
final class YieldingTest {

    private static final int PIECE_BYTES = 256 << 10;
    private static final long WORK_NANOS = 1_000_000;

    private long nanos;
    private long restedNanos;
    private boolean isQuiet;
    private final Yielding yielding = new Yielding(() -> isQuiet, () -> nanos, this::rest);

    private void rest(long forNanos) {
        nanos += forNanos;
        restedNanos += forNanos;
    }

    /** So many pieces of work, each a millisecond. */
    private long restedIn(int pieces, double debtShare) {
        restedNanos = 0;
        yielding.begin(debtShare);
        for (int i = 0; i < pieces; i++) {
            nanos += WORK_NANOS;
            yielding.worked(PIECE_BYTES);
        }
        return restedNanos;
    }

    @Test
    void itRestsAsLongAsItWorksAndLessTheMoreThereIsToDo() {
        assertThat(restedIn(100, 0)).isEqualTo(100 * WORK_NANOS);
        assertThat(restedIn(100, 0.75)).isEqualTo(25 * WORK_NANOS);
        assertThat(restedIn(100, 1)).isZero();
        assertThat(restedIn(100, 7)).isZero();
    }

    @Test
    void whereLittleIsWrittenItDoesNotRest() {
        isQuiet = true;
        assertThat(restedIn(100, 0)).isZero();
    }

    @Test
    void aRestIsShortHoweverLongTheWorkWas() {
        yielding.begin(0);
        nanos += 10_000_000_000L;
        yielding.worked(PIECE_BYTES);
        assertThat(restedNanos).isLessThanOrEqualTo(20_000_000);
    }
}
