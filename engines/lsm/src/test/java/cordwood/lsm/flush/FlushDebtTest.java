package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FlushDebtTest {

    private static final long QUIET_BYTES_MAX = 10;
    private static final long DEBT_BYTES_FREE = 1_000;
    private static final long DEBT_BYTES_MAX = 2_000;
    private static final long LOG_BYTES_FREE = 5_000;

    private long writtenBytes;
    private double filledBytesPerNano = 1;
    private long debtBytes = DEBT_BYTES_FREE;
    private long logBytes = LOG_BYTES_FREE;
    private boolean hasIdleMemtable = true;

    private final FlushDebt debt =
            new FlushDebt(
                    new FlushDebt.Parts(
                            () -> writtenBytes,
                            QUIET_BYTES_MAX,
                            () -> filledBytesPerNano,
                            () -> debtBytes,
                            DEBT_BYTES_FREE,
                            DEBT_BYTES_MAX,
                            () -> logBytes,
                            LOG_BYTES_FREE,
                            () -> hasIdleMemtable));

    @BeforeEach
    void burst() {
        writtenBytes += QUIET_BYTES_MAX + 1;
        debt.look();
    }

    @Test
    void aBurstThatFitsIsLeftAlone() {
        assertThat(debt.isFlushDue()).isFalse();
    }

    @Test
    void aBurstIsSeenBeforeTheNextLook() {
        debt.look();
        assertThat(debt.isFlushDue()).isTrue();

        writtenBytes += QUIET_BYTES_MAX + 1;
        assertThat(debt.isFlushDue()).isFalse();
    }

    @Test
    void writingSlowerThanFlushingIsNoBurst() {
        filledBytesPerNano = 0.4;
        assertThat(debt.isFlushDue()).isTrue();
    }

    @Test
    void muchDebtEndsPatience() {
        debtBytes++;
        assertThat(debt.isFlushDue()).isTrue();
    }

    @Test
    void aLargeLogEndsPatience() {
        logBytes++;
        assertThat(debt.isFlushDue()).isTrue();
    }

    @Test
    void theLastMemtableEndsPatience() {
        hasIdleMemtable = false;
        assertThat(debt.isFlushDue()).isTrue();
    }

    @Test
    void slowWritingEndsPatienceUntilTheNextBurst() {
        writtenBytes += QUIET_BYTES_MAX;
        assertThat(debt.look()).isTrue();
        assertThat(debt.isFlushDue()).isTrue();

        burst();
        assertThat(debt.isFlushDue()).isFalse();
    }

    private double rateAt(double debtShare) {
        debtBytes = (long) (debtShare * DEBT_BYTES_MAX);
        return debt.writeBytesPerNano();
    }

    @Test
    void writingIsFreeWhileLittleWaitsOrNobodyKnowsHowFastIsFlushed() {
        assertThat(rateAt(1)).isInfinite();
        debt.flushed(1_000, 1_000);
        assertThat(rateAt(0.7)).isInfinite();
    }

    @Test
    void theMoreWaitsTheSlowerMayBeWritten() {
        debt.flushed(1_000, 500); // 2 bytes a nanosecond
        assertThat(rateAt(0.71)).isBetween(2.8, 3.0);
        assertThat(rateAt(0.85)).isCloseTo(2, within(0.001));
        assertThat(rateAt(1)).isCloseTo(1, within(0.001));
        assertThat(rateAt(1.2)).as("more than there can be").isEqualTo(rateAt(1));
    }

    @Test
    void theRateIsThatOfTheLastFlushes() {
        debt.flushed(1_000, 250);
        for (int i = 0; i < 20; i++) {
            debt.flushed(1_000, 1_000);
        }
        assertThat(rateAt(0.85)).isCloseTo(1, within(0.001));
    }
}
