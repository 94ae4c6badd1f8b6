package cordwood.rocksdb;

import cordwood.store.ThreadEnd;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs file work of a user's call on a thread that the user cannot interrupt: an interrupt would
 * close the file underneath.
 */
final class PrivateThread {

    private PrivateThread() {}

    /**
     * Runs the work elsewhere and waits for it, and for the end of the thread, which does not
     * outlive the call; an interrupt is kept for the caller.
     */
    static <T> T call(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        ThreadEnd.await(Thread.ofPlatform().daemon().name(name).start(task));
        if (task.state() == Future.State.FAILED) {
            throw rethrown(task.exceptionNow());
        }
        return task.resultNow();
    }

    /** As {@link #call}, for work without a result. */
    static void run(String name, Runnable work) {
        call(
                name,
                () -> {
                    work.run();
                    return true;
                });
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }
}
