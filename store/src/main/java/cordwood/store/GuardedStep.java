package cordwood.store;

import java.util.function.Consumer;

/**
 * A step that outlives what it throws: somebody is told, who fails all that waits for the step, and
 * it is run again. A step that died instead would leave them waiting for ever.
 */
public final class GuardedStep implements StepExecutor.Step {

    private final StepExecutor.Step step;
    private final Consumer<Throwable> whenThrown;

    /**
     * Guards a step.
     *
     * @param whenThrown told on the step's thread of each thing thrown; sees to it that this does
     *     not go on for ever
     */
    public GuardedStep(StepExecutor.Step step, Consumer<Throwable> whenThrown) {
        this.step = step;
        this.whenThrown = whenThrown;
    }

    @Override
    public boolean run() {
        try {
            return step.run();
        } catch (Throwable e) { // other languages throw what ours would have to declare
            tell(e);
            return true;
        }
    }

    private void tell(Throwable thrown) {
        try {
            whenThrown.accept(thrown);
        } catch (Throwable _) {
            // nobody else is left to tell, and the step must not die of it either
        }
    }
}
