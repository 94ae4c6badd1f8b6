package cordwood.memory;

import org.jspecify.annotations.Nullable;

/** Runs something at every depth near the end of a stack. */
public final class StackEnd {

    private static final long STACK_BYTES = 512 << 10;

    /** How many levels from the end it is run at. */
    private static final int LEVELS = 2_000;

    private final Runnable step;
    private int levels = LEVELS;
    private int overflows;
    private @Nullable Throwable failure;

    private StackEnd(Runnable step) {
        this.step = step;
    }

    /**
     * Goes down to the end of a stack and, on the way back, runs {@code step} at each level.
     *
     * @return how often it overflowed; other failures are thrown
     */
    public static int sweep(Runnable step) throws InterruptedException {
        StackEnd end = new StackEnd(step);
        Thread thread = new Thread(null, end::run, "stack end", STACK_BYTES);
        thread.start();
        thread.join();
        if (end.failure != null) {
            throw new AssertionError(end.failure);
        }
        return end.overflows;
    }

    private void run() {
        try {
            down();
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    private void down() {
        if (levels == LEVELS) {
            try {
                down();
            } catch (StackOverflowError end) {
                // The deepest level.
            }
        }
        if (levels > 0) {
            levels--;
            try {
                step.run();
            } catch (StackOverflowError noRoom) {
                overflows++;
            }
        }
    }
}
