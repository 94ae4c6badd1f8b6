package cordwood.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Seed;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Failing lists get short, and histories follow from their seed. */
final class ShrinkerTest {

    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

    @Test
    void onlyWhatIsNeededToFailIsLeft() {
        Predicate<List<Integer>> fails = list -> list.containsAll(List.of(3, 50, 99));
        assertThat(new Shrinker(1_000).shrink(HUNDRED, fails)).containsExactly(3, 50, 99);
        assertThat(new Shrinker(1_000).shrink(List.of(7), _ -> true)).isEmpty();
        assertThat(new Shrinker(1_000).shrink(HUNDRED, list -> list.size() >= 40)).hasSize(40);
    }

    @Test
    void attemptsAreBounded() {
        AtomicInteger attempts = new AtomicInteger();
        Predicate<List<Integer>> fails =
                list -> {
                    attempts.incrementAndGet();
                    return list.containsAll(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
                };
        List<Integer> smallest = new Shrinker(20).shrink(HUNDRED, fails);
        assertThat(attempts).hasValue(20);
        assertThat(smallest).contains(1, 9).hasSizeLessThan(100);
    }

    @Test
    void aHistoryFollowsFromItsSeed() {
        HistoryShape shape = HistoryShape.ofSteps(200);
        List<HistoryStep> history = HistoryGenerator.history(new Seed(1), shape);
        assertThat(history).hasSize(200).isEqualTo(HistoryGenerator.history(new Seed(1), shape));
        assertThat(history).isNotEqualTo(HistoryGenerator.history(new Seed(2), shape));
        assertThat(history).hasAtLeastOneElementOfType(HistoryStep.Reopen.class);
        assertThat(HistoryGenerator.history(new Seed(1), shape.withoutReopens()))
                .doesNotHaveAnyElementsOfTypes(HistoryStep.Reopen.class);
    }
}
