package cordwood.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * For stores and their engines: runs file work of a user's call on a thread that the user cannot
 * interrupt, since an interrupt would close the file underneath. Thread-safe.
 */
public final class PrivateThread {

    private PrivateThread() {}

    /**
     * Runs the work elsewhere and waits for it, and for the end of the thread, which does not
     * outlive the call; an interrupt is kept for the caller.
     */
    public static <T> T call(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = Thread.ofPlatform().daemon().name(name).start(task);
        ThreadEnd.await(thread);
        if (task.state() == Future.State.FAILED) {
            throw rethrown(task.exceptionNow());
        }
        return task.resultNow();
    }

    /** As {@link #call}, for work without a result. */
    public static void run(String name, Runnable work) {
        call(
                name,
                () -> {
                    work.run();
                    return true;
                });
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException exception) {
            return exception;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    /** Waits for a future to end, one way or the other; an interrupt is kept for the caller. */
    public static void awaitEnd(CompletableFuture<?> future) {
        boolean interrupted = false;
        while (!future.isDone()) {
            try {
                future.get();
            } catch (InterruptedException _) {
                interrupted = true;
            } catch (ExecutionException _) {
                break; // whoever asked looks at the future
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
