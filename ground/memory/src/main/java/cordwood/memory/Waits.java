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
     * no lock. A virtual thread looks again after each {@link Rest}.
     *
     * @return whether it became true in time
     */
    static boolean until(Object lock, long waitNanos, BooleanSupplier claim) {
        long startNanos = System.nanoTime();
        boolean isVirtual = Thread.currentThread().isVirtual();
        boolean interrupted = false;
        try {
            while (true) {
                synchronized (lock) {
                    if (claim.getAsBoolean()) {
                        return true;
                    }
                    long leftNanos = waitNanos - (System.nanoTime() - startNanos);
                    if (leftNanos <= 0) {
                        return false;
                    }
                    if (!isVirtual) {
                        interrupted |= isInterrupted(lock, Math.min(leftNanos, LOOK_EVERY_NANOS));
                    }
                }
                if (isVirtual) {
                    interrupted |= Thread.interrupted();
                    Rest.take();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits a while under the lock; answers whether it was interrupted. */
    private static boolean isInterrupted(Object lock, long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(lock, nanos);
            return false;
        } catch (InterruptedException again) {
            return true;
        }
    }
}
