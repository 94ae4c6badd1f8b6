package cordwood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ctrl-C as a request: the running command hears of it, finishes what it holds, prints it, and only
 * then does the process end, with 130.
 *
 * <p>Any thread may ask and subscribe. Listeners run once, on the thread of the shutdown hook, and
 * must not block.
 */
final class Interruption {

    private static final long FINISH_SECONDS_MAX = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile boolean requested;

    /**
     * Hooks into the process: SIGINT or SIGTERM becomes a request.
     *
     * @return false when one was faster, and the process is ending already
     */
    boolean arm() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(this::awaitFinish, "interruption"));
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /** Whether the command should come to an end now. */
    boolean requested() {
        return requested;
    }

    /** Runs {@code listener} at the request; at once when that was made already. */
    void onRequest(Runnable listener) {
        lock.lock();
        try {
            if (!requested) {
                listeners.add(listener);
                return;
            }
        } finally {
            lock.unlock();
        }
        listener.run();
    }

    /** Makes the request, as Ctrl-C does. */
    void request() {
        List<Runnable> toRun;
        lock.lock();
        try {
            requested = true;
            toRun = List.copyOf(listeners);
            listeners.clear();
        } finally {
            lock.unlock();
        }
        toRun.forEach(Runnable::run);
    }

    /** The command has printed what it has: the process may end. */
    void finish() {
        finished.countDown();
    }

    private void awaitFinish() {
        if (finished.getCount() == 0) {
            return; // an ordinary exit, not an interruption
        }
        request();
        try {
            if (!finished.await(FINISH_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.err.println("cordwood: gave up waiting for the command to stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
