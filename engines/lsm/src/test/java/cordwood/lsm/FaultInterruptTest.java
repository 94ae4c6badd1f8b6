package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.InterruptStorm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** R15: threads of both kinds are interrupted at random, and the store does not notice. */
@ExtendWith(SeedExtension.class)
final class FaultInterruptTest {

    private static final int INTERRUPTS = FaultOpener.LONG ? 10_000 : 1_000;

    @Test
    void interruptsStayWithTheThreadsTheyHit(Seed seed, @TempDir Path directory) throws Exception {
        InterruptStorm.Tally tally =
                InterruptStorm.run(new FaultOpener(), directory.resolve("store"), seed, INTERRUPTS);

        System.out.println(tally);
        assertThat(tally.acknowledged()).isGreaterThan(INTERRUPTS / 10);
        assertThat(tally.reads()).isGreaterThan(INTERRUPTS / 10);
    }
}
