package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.CrashHistories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R1: random lives that end in power loss or a kill, at times while opening. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class CrashHistoryTest {

    private static final int HISTORIES = FaultOpener.LONG ? 2_000 : 120;

    @Test
    void everyHistoryEndsInAPrefixThatHoldsWhatWasAcknowledged(Seed seed) {
        CrashHistories.Tally tally = CrashHistories.run(new FaultOpener(), seed, HISTORIES, 100);

        System.out.println(tally);
        assertThat(tally.crashes()).isGreaterThan(HISTORIES);
        assertThat(tally.recoveryCrashes()).isGreaterThan(HISTORIES / 4);
        assertThat(tally.acknowledged()).isGreaterThan(HISTORIES * 10L);
    }
}
