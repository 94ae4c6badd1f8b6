package cordwood.lsm.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.stress.Jcstress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the stress tests of versions in a process of their own. */
final class VersionsJcstressTest {

    @TempDir private Path directory;

    @BeforeAll
    static void needsTwoProcessors() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    }

    @Test
    void whatIsTakenOutIsLetGoOfOnceAndNeverUnderAPin() throws IOException, InterruptedException {
        String tests = "lsm\\.read\\." + Jcstress.ALL_SOUND.replace("Stress", "VersionsStress");
        Jcstress.Run run = Jcstress.run(Jcstress.LENGTH, tests, directory);
        assertThat(run.passed()).as(run.output()).isPositive();
    }
}
