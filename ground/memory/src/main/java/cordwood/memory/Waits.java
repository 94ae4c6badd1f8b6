package cordwood.memory;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting with a bound that an interrupt does not end; it is passed on afterwards. */
final class Waits {

    /** Looked at again this often, for what nobody notifies of. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Waits() {}

    /**
     * Waits until {@code claim}, which is looked at under {@code lock}, is true. The caller holds
     * no other lock; it may hold this one, which is free while it waits.
     *
     * @return whether it became true in time
     */
    static boolean until(Object lock, long waitNanos, BooleanSupplier claim) {
        long deadlineNanos = System.nanoTime() + waitNanos;
        boolean interrupted = false;
        try {
            synchronized (lock) {
                while (!claim.getAsBoolean()) {
                    long leftNanos = deadlineNanos - System.nanoTime();
                    if (leftNanos <= 0) {
                        return false;
                    }
                    try {
                        TimeUnit.NANOSECONDS.timedWait(lock, Math.min(leftNanos, LOOK_EVERY_NANOS));
                    } catch (InterruptedException again) {
                        interrupted = true;
                    }
                }
                return true;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
