package cordwood.memory.fault;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread with a fault of its own, on which a step of a trial runs. */
public final class FaultThread extends Thread {

    final Fault fault;
    private final Callable<?> step;
    private volatile @Nullable Throwable failure;

    private FaultThread(Fault fault, Callable<?> step) {
        super("fault-trial");
        this.fault = fault;
        this.step = step;
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            step.call();
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    /**
     * Runs {@code step} on a fresh thread to its end.
     *
     * @throws AssertionError when it failed, or has not ended after {@code patienceNanos}
     */
    public static void run(String name, Fault fault, long patienceNanos, Callable<?> step)
            throws InterruptedException {
        FaultThread thread = new FaultThread(fault, step);
        thread.start();
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patienceNanos)));
        if (thread.isAlive()) {
            AssertionError hangs = new AssertionError(name + " hangs with " + fault);
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
        Throwable failure = thread.failure;
        if (failure != null) {
            throw new AssertionError(name + " with " + fault + ": " + failure, failure);
        }
    }
}
