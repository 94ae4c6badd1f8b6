package cordwood.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about. */
public final class Poll {

    private static final long DEADLINE_SECONDS = 120;
    private static final long PAUSE_NANOS = 200_000;

    private Poll() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @throws AssertionError when it does not within 2 minutes
     */
    public static void until(String what, BooleanSupplier condition) {
        until(what, DEADLINE_SECONDS, condition);
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @throws AssertionError when it does not within so many seconds
     */
    public static void until(String what, long deadlineSeconds, BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(deadlineSeconds)) {
                throw new AssertionError(
                        "waited %d s in vain until %s".formatted(deadlineSeconds, what));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
