package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FlushPatienceTest {

    private static final long QUIET_BYTES_MAX = 10;
    private static final long DEBT_BYTES_FREE = 1_000;
    private static final long LOG_BYTES_FREE = 5_000;

    private long writtenBytes;
    private double filledBytesPerNano = 1;
    private long debtBytes = DEBT_BYTES_FREE;
    private long logBytes = LOG_BYTES_FREE;
    private boolean hasIdleMemtable = true;

    private final FlushPatience patience =
            new FlushPatience(
                    new FlushPatience.Parts(
                            () -> writtenBytes,
                            QUIET_BYTES_MAX,
                            () -> filledBytesPerNano,
                            () -> debtBytes,
                            DEBT_BYTES_FREE,
                            () -> logBytes,
                            LOG_BYTES_FREE,
                            () -> hasIdleMemtable));

    @BeforeEach
    void burst() {
        writtenBytes += QUIET_BYTES_MAX + 1;
        patience.look();
    }

    @Test
    void aBurstThatFitsIsLeftAlone() {
        assertThat(patience.isOver()).isFalse();
    }

    @Test
    void aBurstIsSeenBeforeTheNextLook() {
        patience.look();
        assertThat(patience.isOver()).isTrue();

        writtenBytes += QUIET_BYTES_MAX + 1;
        assertThat(patience.isOver()).isFalse();
    }

    @Test
    void writingSlowerThanFlushingIsNoBurst() {
        filledBytesPerNano = 0.4;
        assertThat(patience.isOver()).isTrue();
    }

    @Test
    void muchDebtEndsPatience() {
        debtBytes++;
        assertThat(patience.isOver()).isTrue();
    }

    @Test
    void aLargeLogEndsPatience() {
        logBytes++;
        assertThat(patience.isOver()).isTrue();
    }

    @Test
    void theLastMemtableEndsPatience() {
        hasIdleMemtable = false;
        assertThat(patience.isOver()).isTrue();
    }

    @Test
    void slowWritingEndsPatienceUntilTheNextBurst() {
        writtenBytes += QUIET_BYTES_MAX;
        assertThat(patience.look()).isTrue();
        assertThat(patience.isOver()).isTrue();

        burst();
        assertThat(patience.isOver()).isFalse();
    }
}
