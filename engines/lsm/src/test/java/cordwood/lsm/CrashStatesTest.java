package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.crash.CrashStates;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R2: every state that a power loss can leave of every short workload. */
@Tag("trial")
final class CrashStatesTest {

    private static final int CALLS_MAX = FaultOpener.LONG ? 3 : 2;

    @Test
    void everyStateOfEveryShortWorkloadIsRecovered() {
        CrashStates.Tally tally = CrashStates.run(new FaultOpener(), CALLS_MAX);

        System.out.println(tally);
        assertThat(tally.states()).isGreaterThan(900);
    }
}
