package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.SyncFailures;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R4: every sync fails, on file systems of every temper. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class FailingSyncsTest {

    private static final int SEEDS = FaultOpener.LONG ? 50 : 2;

    @Test
    void nothingIsAcknowledgedAfterAFailedSyncAndWhatWasIsThere(Seed seed) {
        SyncFailures.Tally tally = SyncFailures.run(new FaultOpener(), seed, SEEDS);

        System.out.println(tally);
        assertThat(tally.sites()).isGreaterThan(30);
    }
}
