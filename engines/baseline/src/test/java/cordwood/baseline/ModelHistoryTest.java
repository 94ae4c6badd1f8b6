package cordwood.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.GroupCommitter;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.history.HistoryComparison;
import cordwood.testkit.history.HistoryShape;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both modes of the model behave alike, and the comparison that says so can fail. */
@ExtendWith(SeedExtension.class)
final class ModelHistoryTest {

    private static final int HISTORIES = Boolean.getBoolean("cordwood.long") ? 2_000 : 100;

    private static StoreUnderTest model(boolean split) {
        ModelState state = new ModelState();
        return new StoreUnderTest(() -> ModelStore.open(state, split));
    }

    private static StoreUnderTest stepped(Seed seed) {
        ModelState state = new ModelState();
        SeededSteps steps = new SeededSteps(seed);
        GroupCommitter.Limits limits = GroupCommitter.Limits.forInFlightBytes(64 << 20);
        return new StoreUnderTest(() -> ModelStore.open(state, true, limits, steps), steps::await);
    }

    @Test
    void bothModesOfTheModelBehaveAlike(Seed seed) {
        new HistoryComparison(() -> model(false), () -> model(true))
                .check(seed, HISTORIES, HistoryShape.ofSteps(150));
    }

    @Test
    void anyOrderOfStepsBehavesAlike(Seed seed) {
        new HistoryComparison(() -> model(false), () -> stepped(seed))
                .check(seed, HISTORIES, HistoryShape.ofSteps(150));
    }

    @Test
    void aStoreThatForgetsIsFoundOutByAShortHistory(Seed seed) {
        Supplier<StoreUnderTest> forgetful =
                () ->
                        new StoreUnderTest(
                                new Supplier<StreamStore>() {
                                    private ModelState state = new ModelState();
                                    private int openings;

                                    @Override
                                    public StreamStore get() {
                                        if (++openings % 2 == 0) {
                                            state = new ModelState();
                                        }
                                        return ModelStore.open(state, false);
                                    }
                                });
        HistoryComparison comparison = new HistoryComparison(() -> model(false), forgetful);
        assertThatThrownBy(() -> comparison.check(seed, 20, HistoryShape.ofSteps(300)))
                .isInstanceOf(AssertionError.class)
                .extracting(e -> String.valueOf(e.getMessage()).lines().count())
                .satisfies(lines -> assertThat(lines).isBetween(4L, 6L));
    }
}
