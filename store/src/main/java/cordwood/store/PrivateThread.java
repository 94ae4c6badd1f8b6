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
     * Runs an opening elsewhere and waits for it, and for the end of the thread, which does not
     * outlive the call; an interrupt is kept for the caller. There {@link HeapPause} gives up.
     */
    public static <T> T open(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        return result(task, new HeapPause.OpeningThread(name, task));
    }

    /** As {@link #open}, for work without a result, and to be finished. */
    public static void run(String name, Runnable work) {
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        result(task, Thread.ofPlatform().daemon().name(name).unstarted(task));
    }

    private static <T> T result(FutureTask<T> task, Thread thread) {
        thread.start();
        ThreadEnd.await(thread);
        if (task.state() == Future.State.FAILED) {
            throw rethrown(task.exceptionNow());
        }
        return task.resultNow();
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
