package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.stress.Jcstress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the stress tests of this module in processes of their own. */
final class JcstressTest {

    private static final int MILLIS_MAX = 64_000;

    @TempDir private Path directory;

    @BeforeAll
    static void needsTwoProcessors() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    }

    @Test
    void publicationPointsHold() throws IOException, InterruptedException {
        Jcstress.Run run = Jcstress.run(Jcstress.LENGTH, Jcstress.ALL_SOUND, directory);
        assertThat(run.passed()).as(run.output()).isGreaterThanOrEqualTo(8);
    }

    /** Seeded bug M12: seen within half a second or so where two processors run at once. */
    @Test
    void plainWriteWhereAPinMustBeSeenIsCaught() throws IOException, InterruptedException {
        int millis = 500;
        Jcstress.Run run = plainWrites(millis);
        while (run.exitCode() == 0 && millis < MILLIS_MAX) {
            millis *= 2; // A busy machine runs them at once seldom.
            run = plainWrites(millis);
        }
        assertThat(run.output()).contains("Observed forbidden state: 1, 1 (freed under a pin)");
    }

    private Jcstress.Run plainWrites(int millis) throws IOException, InterruptedException {
        return Jcstress.run(Jcstress.once(millis), "SeededBugM12$", directory);
    }
}
