package cordwood.store;

import java.util.ArrayList;
import java.util.List;

/** Runs steps only when told to, on the telling thread. */
final class ManualSteps implements StepExecutor {

    private record Started(String name, Step step) {}

    private final List<Started> steps = new ArrayList<>();

    @Override
    public Handle start(String name, Step step) {
        steps.add(new Started(name, step));
        return new Handle() {
            @Override
            public void wake() {}

            @Override
            public void close() {
                while (step.run()) {
                    // until nothing is left, as the contract of a handle says
                }
            }
        };
    }

    /** Runs the committing step once. */
    void commit() {
        named("-commit").run();
    }

    /** Runs the notifying step until everybody was told. */
    void notifyAllWaiters() {
        while (named("-notify").run()) {
            // until nobody is left
        }
    }

    /** Runs both steps until there is nothing to do. */
    void runAll() {
        while (named("-commit").run()) {
            // until the queue is empty
        }
        notifyAllWaiters();
    }

    private Step named(String end) {
        return steps.stream()
                .filter(started -> started.name().endsWith(end))
                .findFirst()
                .orElseThrow()
                .step();
    }
}
