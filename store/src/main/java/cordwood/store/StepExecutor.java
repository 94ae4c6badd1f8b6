package cordwood.store;

import java.util.concurrent.ThreadFactory;

/**
 * Runs the background steps of a store: commit, notify, flush, compact. The store never starts a
 * thread of its own, so a test can put an executor here that picks the next step from a seed.
 */
public interface StepExecutor {

    /**
     * A piece of background work that never blocks on another step. It must not throw: see {@link
     * GuardedStep}.
     */
    @FunctionalInterface
    interface Step {
        /** Does what is there to do now; false when there was nothing. */
        boolean run();
    }

    /** A started step. */
    interface Handle extends AutoCloseable {
        /** Tells the step that there may be something to do. Any thread, cheap, never blocks. */
        void wake();

        /**
         * For who could not take back what it wakes the step for: makes sure that the calling
         * thread has the stack that {@link #wake} needs, where the step is asleep.
         *
         * @throws StackOverflowError when there is not that much left
         */
        default void requireStackToWake() {}

        /**
         * Runs the step until it finds nothing to do, then stops it, and waits for that.
         * Idempotent. Called from within the step it does not wait, and the step ends soon after.
         */
        @Override
        void close();
    }

    /** Starts running a step. The caller closes the handle. */
    Handle start(String name, Step step);

    /**
     * One virtual thread per step, parked while there is nothing to do; a platform thread in its
     * place should the JDK lose it, as it may where the heap is full.
     */
    static StepExecutor virtualThreads() {
        return (name, step) ->
                new ThreadedStep(
                        Thread.ofVirtual().name(name).factory(),
                        Thread.ofPlatform().daemon().name(name).factory(),
                        step);
    }

    /** One platform daemon thread per step, for work that holds its thread long. */
    static StepExecutor platformThreads() {
        return (name, step) -> {
            ThreadFactory threads = Thread.ofPlatform().daemon().name(name).factory();
            return new ThreadedStep(threads, threads, step);
        };
    }
}
