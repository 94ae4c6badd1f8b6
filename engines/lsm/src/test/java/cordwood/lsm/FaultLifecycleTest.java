package cordwood.lsm;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.Lifecycles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R14: opened and closed over and over, nothing adds up. */
@ExtendWith(SeedExtension.class)
final class FaultLifecycleTest {

    private static final int CYCLES = FaultOpener.LONG ? 500 : 50;

    @Test
    void nothingAddsUpOverManyLives(Seed seed) {
        Lifecycles.run(new FaultOpener(), seed, CYCLES);
    }
}
