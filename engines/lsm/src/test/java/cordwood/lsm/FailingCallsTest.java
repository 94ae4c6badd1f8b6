package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.crash.FailureSweep;
import org.junit.jupiter.api.Test;

/** R3: the n-th call of the disk fails, for every n and in every way (by default for some). */
final class FailingCallsTest {

    @Test
    void storeIsHealthyOrStoppedAfterAnyFailureAndRecovers() {
        int stride = FaultOpener.LONG ? 1 : 10;
        FailureSweep.Tally tally = FailureSweep.run(new FaultOpener(), stride);

        assertThat(tally.runs()).isGreaterThan(500 / stride);
        assertThat(tally.stopped()).isGreaterThan(100 / stride);
    }
}
