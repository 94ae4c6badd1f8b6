package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.crash.FailureSweep;
import org.junit.jupiter.api.Test;

/** R3: the n-th call of the disk fails, for every n and in every way. */
final class FailingCallsTest {

    @Test
    void storeIsHealthyOrStoppedAfterAnyFailureAndRecovers() {
        FailureSweep.Tally tally = FailureSweep.run(new FaultOpener(), FaultOpener.LONG ? 1 : 5);

        System.out.println(tally);
        assertThat(tally.runs()).isGreaterThan(500);
        assertThat(tally.stopped()).isGreaterThan(100);
    }
}
