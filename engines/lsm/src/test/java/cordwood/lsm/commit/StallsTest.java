package cordwood.lsm.commit;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.commit.Stalls.Cause;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What counts as held up, and as what. */
final class StallsTest {

    private static final long LONG_NANOS = 3 * Stalls.NANOS_MIN;
    private static final long SHORT_NANOS = Stalls.NANOS_MIN - 1;

    private long nowNanos = 1;
    private final Stalls stalls = new Stalls(() -> nowNanos);

    @Test
    void workBetweenTwoWritesThatTakesLongIsOfAStepThatDidNotRun() {
        write(SHORT_NANOS, 0);
        nowNanos += LONG_NANOS;
        write(0, 0);

        assertNoted(Map.of(Cause.NOT_RUNNING, LONG_NANOS));
        assertThat(stalls.heldBackNanos()).isEqualTo(LONG_NANOS);
    }

    @Test
    void timeWithNothingToDoIsNone() {
        write(0, 0);
        stalls.idle();
        nowNanos += LONG_NANOS;
        stalls.goOn();
        write(0, 0);

        assertNoted(Map.of());
    }

    @Test
    void longCallsCountAsWhatTheyWereAndShortOnesNotAtAll() {
        write(LONG_NANOS, SHORT_NANOS);
        write(SHORT_NANOS, LONG_NANOS + 1);

        assertNoted(Map.of(Cause.LOG_WRITE, LONG_NANOS, Cause.LOG_SYNC, LONG_NANOS + 1));
        assertThat(stalls.heldBackNanos()).as("but for syncs").isEqualTo(LONG_NANOS);
    }

    @Test
    void waitsCountWhole() {
        write(0, 0);
        stalls.waitFor(Cause.MEMTABLE);
        nowNanos += 5;
        stalls.waitFor(Cause.SEGMENT); // what it began to wait for is what is told
        nowNanos += 2;
        stalls.goOn();
        stalls.goOn();
        write(0, 0);
        long pausedNanos = nowNanos;
        nowNanos += 11;
        stalls.waited(Cause.PACING, pausedNanos);
        write(0, 0);

        assertNoted(Map.of(Cause.MEMTABLE, 7L, Cause.PACING, 11L));
    }

    private void write(long writeNanos, long syncNanos) {
        stalls.beforeCall();
        nowNanos += writeNanos;
        stalls.afterCall(Cause.LOG_WRITE);
        nowNanos += syncNanos;
        stalls.afterCall(Cause.LOG_SYNC);
    }

    private void assertNoted(Map<Cause, Long> expected) {
        Map<Cause, Long> noted = new TreeMap<>();
        Arrays.stream(Cause.values())
                .filter(cause -> stalls.nanos(cause) > 0)
                .forEach(cause -> noted.put(cause, stalls.nanos(cause)));
        assertThat(noted).isEqualTo(expected);
    }
}
