package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.crash.FailureSweep;
import cordwood.testkit.crash.Life;
import cordwood.testkit.disk.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R3: the n-th call of the disk fails, for every n and in every way (by default for some). */
@Tag("trial")
final class FailingCallsTest {

    @Test
    void storeIsHealthyOrStoppedAfterAnyFailureAndRecovers() {
        int stride = FaultOpener.LONG ? 1 : 29;
        FailureSweep.Tally tally = FailureSweep.run(new FaultOpener(), Life.EVERY_PROTOCOL, stride);

        assertThat(tally.runs()).isGreaterThan(500 / stride);
        assertThat(tally.stopped()).isGreaterThan(100 / stride);
    }

    @Test
    @Tag("long")
    void soItIsWhereTablesAreMerged() {
        FailureSweep.Tally tally = FailureSweep.run(new FaultOpener(), Life.MERGES, 7);

        System.out.println(tally);
        assertThat(tally.compactions()).isGreaterThan(tally.runs());
    }

    @Test
    void wantOfDescriptorsRefusesAndNeverStopsWrites() {
        int stride = FaultOpener.LONG ? 1 : 3;
        FailureSweep.Tally tally =
                FailureSweep.run(new FaultOpener(), Fault.Kind.TOO_MANY_OPEN, stride);

        assertThat(tally.runs()).isGreaterThan(20);
        assertThat(tally.stopped()).isZero();
    }
}
