package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.epoch.SeededBugs;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In the manner of rcutorture; see {@link EpochTorture}. */
@Tag("trial")
final class EpochTortureTest {

    private static final Duration DURATION =
            TestSeed.LONG ? Duration.ofSeconds(10) : Duration.ofMillis(800);
    private static final long READS_MIN = TestSeed.LONG ? 1_000_000 : 20_000;

    @Test
    void readersSeeNothingFreedWithOneUpdater() throws InterruptedException {
        pass(new EpochTorture(new Epochs(), 4, 1).run(DURATION, EpochTortureTest::sawEnough));
    }

    @Test
    void readersSeeNothingFreedWithTwoUpdaters() throws InterruptedException {
        pass(new EpochTorture(new Epochs(), 4, 2).run(DURATION, EpochTortureTest::sawEnough));
    }

    @Test
    void stallingReadersSeeNothingFreed() throws InterruptedException {
        pass(
                new EpochTorture(new Epochs(), 4, 2)
                        .stallingReaders()
                        .run(DURATION, EpochTortureTest::sawEnough));
    }

    @Test
    void dyingVirtualReadersSeeNothingFreed() throws InterruptedException {
        pass(
                new EpochTorture(new Epochs(), 4, 2)
                        .dyingReaders()
                        .run(DURATION, EpochTortureTest::sawEnough));
    }

    /** Seeded bug M11. */
    @Test
    void reclaimingOneEpochEarlyIsCaught() throws InterruptedException {
        EpochTorture.Result result =
                new EpochTorture(SeededBugs.reclaimingOneEpochEarly(), 4, 2)
                        .stallingReaders()
                        .run(Duration.ZERO, seen -> seen.violations() > 0);
        assertThat(result.violations()).isPositive();
    }

    private static boolean sawEnough(EpochTorture.Result result) {
        return result.reads() > READS_MIN && result.readsOfRemoved() > 0 && result.freed() > 0;
    }

    private static void pass(EpochTorture.Result result) {
        assertThat(result.violations()).as(result.toString()).isZero();
        assertThat(sawEnough(result)).as(result.toString()).isTrue();
    }
}
