package cordwood.memory.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Errors at every allocation and every call of every operation in every state. By default one in
 * {@value #ONE_IN} cases, of the memory's own threads one in two, is drawn by the seed, with a
 * tenth of its points and fewer of long loops; {@code -Dcordwood.long=true} takes all.
 */
@Tag("trial")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class ErrorSweepTest {

    static final int ONE_IN = 16;

    @Test
    void withoutAnErrorEverythingHolds() throws Exception {
        assertThat(
                        new Sweep(List.of())
                                .runUndisturbed(Sweep.drawn(ONE_IN).or(SweepCase::isPromise)))
                .as("rerun with -Dcordwood.seed=" + Sweep.SEED)
                .isEmpty();
    }

    @Test
    void anErrorAnywhereInACallerLeavesNothingClaimedAndNothingLost() throws Exception {
        assertThat(
                        new Sweep(List.of())
                                .run(
                                        Sweep.drawn(ONE_IN)
                                                .and(sweepCase ->
                                                        !sweepCase.isBackground()
                                                                && !sweepCase.isPromise())))
                .as("rerun with -Dcordwood.seed=" + Sweep.SEED)
                .isEmpty();
    }

    @Test
    void anErrorAnywhereInTheThreadsOfMemoryStopsNothing() throws Exception {
        assertThat(new Sweep(List.of()).run(Sweep.drawn(2).and(SweepCase::isBackground)))
                .as("rerun with -Dcordwood.seed=" + Sweep.SEED)
                .isEmpty();
    }
}
