package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.KillTrials;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** R5: processes die at every named point, and by SIGKILL, on the real file system. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class KillPointsTest {

    private static final int STRIDE = FaultOpener.LONG ? 1 : 25;

    @Test
    void aProcessThatDoesNotWriteItsLogIsFoundOut(Seed seed, @TempDir Path root) {
        assertThatThrownBy(() ->
                        KillTrials.run(
                                ForgetfulProcess.class,
                                FaultOpener.onThreads(),
                                root,
                                seed,
                                STRIDE))
                .isInstanceOf(AssertionError.class)
                .hasMessageFindingMatch("^killed |a segment that was begun");
    }

    @Test
    void whatWasAcknowledgedSurvivesDeathAtEveryPoint(Seed seed, @TempDir Path root) {
        KillTrials.Tally tally =
                KillTrials.run(KillPointProcess.class, FaultOpener.onThreads(), root, seed, STRIDE);

        System.out.println(tally);
        assertThat(tally.points()).isGreaterThanOrEqualTo(40);
        assertThat(tally.hit()).isGreaterThan(tally.tried() * 3 / 4);
    }
}
