package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the system and the JVM say of a pool's memory; see {@link ResidentSetProbe}. */
@EnabledOnOs(OS.LINUX)
final class ResidentSetTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final long NOISE_BYTES = 8 << 20;

    /**
     * Chunks made ahead of need: four at most, where what is freed and filled again is nine. The
     * more the longer somebody waited for one, as on a busy machine.
     */
    private static final long READY_BYTES_MAX = 4 * 32 << 20;

    @Test
    void freeingEverythingGivesEverythingBack() throws Exception {
        Map<String, Long> seen = probe("all");
        accountedToTheByte(seen);
        assertThat(seen.get("live")).isZero();
        assertThat(seen.get("rss")).isLessThan(NOISE_BYTES);
    }

    /**
     * Of a random one of two phases nine tenths, in one run. How many chunks are ready then is a
     * matter of the machine's other work, but in a long run.
     */
    @Test
    void freeingMostOfARandomPhaseGivesItBack() throws Exception {
        Map<String, Long> seen = probe("phase");
        accountedToTheByte(seen);
        long liveBytes = seen.get("live");
        assertThat(seen.get("rss"))
                .isLessThanOrEqualTo(LONG ? liveBytes * 5 / 4 : liveBytes + READY_BYTES_MAX);
    }

    /** Cells freed one by one at random keep their slabs, since nothing moves. */
    @Test
    void holesLeftAtRandomAreFilledBeforeMemoryGrows() throws Exception {
        Map<String, Long> seen = probe("cells");
        accountedToTheByte(seen);
        assertThat(seen.get("refilled_rss"))
                .isLessThan(seen.get("full_rss") + READY_BYTES_MAX + NOISE_BYTES);
    }

    private static void accountedToTheByte(Map<String, Long> seen) {
        assertThat(seen).as(seen::toString).containsEntry("full_off_by", 0L);
        assertThat(seen).as(seen::toString).containsEntry("off_by", 0L);
        assertThat(seen.get("full_rss")).isGreaterThan(seen.get("full_live"));
    }

    /** How long it took is a matter of the machine's other work, but in a long run. */
    private static Map<String, Long> probe(String freed) throws IOException, InterruptedException {
        Map<String, Long> seen = ProbeProcess.run(ResidentSetProbe.class, freed);
        if (LONG) {
            assertThat(seen.get("millis")).isLessThan(10_000);
        }
        return seen;
    }
}
