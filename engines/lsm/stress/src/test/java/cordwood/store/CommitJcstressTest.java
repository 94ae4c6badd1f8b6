package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.stress.Jcstress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the stress test of commits in a process of its own. */
final class CommitJcstressTest {

    @TempDir private Path directory;

    @BeforeAll
    static void needsTwoProcessors() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    }

    @Test
    void whoeverWaitsIsToldOnceThoughTheCommitIsDoneMeanwhile()
            throws IOException, InterruptedException {
        String tests = "cordwood\\.store\\." + Jcstress.ALL_SOUND.replace("Stress", "CommitStress");
        Jcstress.Run run = Jcstress.run(Jcstress.LENGTH, tests, directory);
        assertThat(run.passed()).as(run.output()).isPositive();
    }
}
