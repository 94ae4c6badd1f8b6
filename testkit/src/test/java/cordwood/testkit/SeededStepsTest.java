package cordwood.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StepExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Steps that run when the test says, in an order that the seed says. */
@ExtendWith(SeedExtension.class)
final class SeededStepsTest {

    private static List<String> order(Seed seed) {
        List<String> order = new ArrayList<>();
        SeededSteps steps = new SeededSteps(seed);
        for (String name : List.of("a", "b", "c")) {
            AtomicInteger left = new AtomicInteger(10);
            steps.start(
                            name,
                            () -> {
                                if (left.get() == 0) {
                                    return false;
                                }
                                order.add(name);
                                left.decrementAndGet();
                                return true;
                            })
                    .wake();
        }
        steps.runAll();
        return order;
    }

    @Test
    void theSeedFixesTheOrder(Seed seed) {
        assertThat(order(seed)).isEqualTo(order(seed)).hasSize(30);
        assertThat(order(new Seed(1))).isNotEqualTo(order(new Seed(2)));
    }

    @Test
    void nothingRunsUnlessAskedFor(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        AtomicInteger runs = new AtomicInteger();
        StepExecutor.Handle handle =
                steps.start(
                        "step",
                        () -> {
                            runs.incrementAndGet();
                            return false;
                        });
        handle.wake();
        assertThat(runs).hasValue(0);
        assertThat(steps.runOne()).isTrue();
        assertThat(runs).hasValue(1);
        steps.runAll();
        assertThat(runs).as("it is idle").hasValue(1);
    }

    @Test
    void waitingForWhatNeverComesFails(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        steps.start("idle", () -> false).wake();
        assertThatThrownBy(() -> steps.runUntil(() -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("idle");
    }

    @Test
    void closeRunsTheStepDryAndForgetsIt(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        AtomicInteger left = new AtomicInteger(5);
        StepExecutor.Handle handle = steps.start("step", () -> left.getAndUpdate(n -> n - 1) > 0);
        handle.close();
        assertThat(left.get()).isNegative();
        int after = left.get();
        handle.wake();
        steps.runAll();
        handle.close();
        assertThat(left).hasValue(after);
        assertThatThrownBy(() -> steps.runNamed("step"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
