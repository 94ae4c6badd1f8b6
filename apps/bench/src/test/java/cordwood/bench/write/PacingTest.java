package cordwood.bench.write;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.payload.PayloadPlaces;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What decides which record goes where, when, and what is trimmed behind it. */
class PacingTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void moreIsDueOnceThePartOfTheRateHasPassed() {
        RateLimit limit = new RateLimit(1_000, 2);
        long now = System.nanoTime() + SECOND;
        assertThat(limit.isDue(now)).isTrue();
        limit.took(450, now); // 900 ms of this client's half; 100 ms may be made up for
        assertThat(limit.isDue(now + SECOND * 79 / 100)).isFalse();
        assertThat(limit.isDue(now + SECOND * 80 / 100)).isTrue();
    }

    @Test
    void whatWasHeldUpForLongIsNotMadeUpFor() {
        RateLimit limit = new RateLimit(1_000, 1);
        long later = System.nanoTime() + 3_600 * SECOND;
        limit.took(100, later);
        assertThat(limit.isDue(later)).isTrue();
        limit.took(1, later);
        assertThat(limit.isDue(later)).isFalse();
    }

    @Test
    void noLimitIsAlwaysDue() {
        RateLimit none = new RateLimit(0, 1);
        long now = System.nanoTime();
        none.took(1_000_000, now);
        assertThat(none.isDue(now - SECOND)).isTrue();
    }

    @Test
    void trimsKeepTheLagAndAQuarterMoreAtMost() {
        TrimLag lag = new TrimLag(40);
        long trimmedTo = 0;
        for (long last = 1; last <= 1_000; last++) {
            long point = lag.trimPoint(3, last - 1, last);
            if (point != TrimLag.NOTHING) {
                assertThat(point).isEqualTo(last - 40);
                trimmedTo = point;
            }
            assertThat(last - trimmedTo).isLessThan(51);
        }
        assertThat(new TrimLag(0).trimPoint(1, 0, 1_000)).isEqualTo(TrimLag.NOTHING);
    }

    @Test
    void streamsHaveTheirTurnsWithoutSkew() {
        StreamChoice choice = new StreamChoice(3, 0, 1);
        for (int i = 0; i < 9; i++) {
            assertThat(choice.next()).isEqualTo(i % 3 + 1);
        }
    }

    @Test
    void sharesFallByZipfsLawWithSkew() {
        StreamChoice choice = new StreamChoice(1_000, 1, 42);
        int[] counts = new int[1_001];
        for (int i = 0; i < 100_000; i++) {
            counts[choice.next()]++;
        }
        assertThat(counts[0]).isZero();
        double first = counts[1];
        assertThat(counts[2] / first).isBetween(0.45, 0.55);
        assertThat(counts[10] / first).isBetween(0.08, 0.12);
    }

    @Test
    void streamTakesThePoolInOrderAndAround() {
        PayloadPlaces places = new PayloadPlaces(5, 4);
        Set<Integer> firsts = new HashSet<>();
        for (long stream = 1; stream <= 100; stream++) {
            int first = places.indexAt(stream, 1);
            firsts.add(first);
            assertThat(first % 4).isZero();
            for (long position = 1; position <= 41; position++) {
                assertThat(places.indexAt(stream, position))
                        .isEqualTo((int) ((first + position - 1) % 20));
            }
        }
        assertThat(firsts).hasSize(5);
    }
}
