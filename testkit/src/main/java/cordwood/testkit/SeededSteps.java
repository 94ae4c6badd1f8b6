package cordwood.testkit;

import cordwood.store.Commit;
import cordwood.store.StepExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Runs steps on the calling thread, one at a time, the next one picked from a seed among those that
 * were woken, now and then among all: the same seed and the same calls replay the same
 * interleaving. Nothing runs unless asked for, so a test can hold a step back as long as it likes.
 *
 * <p>Waking is thread-safe; everything else belongs to one thread.
 */
public final class SeededSteps implements StepExecutor {

    private static final int SPURIOUS_RUN_ONE_IN = 8;

    private final SplittableRandom random;
    private final List<SeededStep> steps = new ArrayList<>();

    /** Steps in the order that {@code seed} picks. */
    public SeededSteps(Seed seed) {
        random = seed.random();
    }

    @Override
    public Handle start(String name, Step step) {
        SeededStep started = new SeededStep(name, step);
        steps.add(started);
        return started;
    }

    /** Runs one step that was woken, or any; false when none was woken and nothing was done. */
    public boolean runOne() {
        List<SeededStep> runnable = steps.stream().filter(step -> step.woken).toList();
        boolean spurious = random.nextInt(SPURIOUS_RUN_ONE_IN) == 0;
        List<SeededStep> choice = runnable.isEmpty() || spurious ? steps : runnable;
        if (choice.isEmpty()) {
            return false;
        }
        return choice.get(random.nextInt(choice.size())).runOnce() || !runnable.isEmpty();
    }

    /** Runs a number of steps drawn from the seed, 0 to {@code stepsMax}. */
    public void runSome(int stepsMax) {
        for (int left = random.nextInt(stepsMax + 1); left > 0; left--) {
            runOne();
        }
    }

    /** Runs steps until no woken one is left. */
    public void runAll() {
        while (steps.stream().anyMatch(step -> step.woken)) {
            runOne();
        }
    }

    /** Runs one step by the end of its name, woken or not, once. */
    public boolean runNamed(String nameEnd) {
        return steps.stream()
                .filter(step -> step.name.endsWith(nameEnd))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no step ends in " + nameEnd))
                .runOnce();
    }

    /**
     * Runs steps until the condition holds.
     *
     * @throws AssertionError when every step is idle and it still does not hold
     */
    public void runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (steps.stream().noneMatch(step -> step.woken)) {
                throw new AssertionError("every step is idle, and what is waited for never came");
            }
            runOne();
        }
    }

    /** Runs steps until the commit is done, and throws its failure if it has one. */
    public void await(Commit commit) {
        runUntil(commit::isDone);
        commit.await();
    }

    private final class SeededStep implements Handle {
        private final String name;
        private final Step step;
        private volatile boolean woken;

        SeededStep(String name, Step step) {
            this.name = name;
            this.step = step;
        }

        boolean runOnce() {
            woken = false;
            boolean busy = step.run();
            if (busy) {
                woken = true;
            }
            return busy;
        }

        @Override
        public void wake() {
            woken = true;
        }

        @Override
        public void close() {
            if (steps.remove(this)) {
                while (step.run()) {
                    // until it finds nothing, as the contract of a handle says
                }
            }
        }
    }
}
