package cordwood.bench.alloc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The threads of a run: every contender is measured on the same ones. */
final class Crew implements AutoCloseable {

    private final List<ExecutorService> threads = new ArrayList<>();

    Crew(int count) {
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(
                    Executors.newSingleThreadExecutor(task ->
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("bench-alloc-" + number)
                                    .unstarted(task)));
        }
    }

    /**
     * Runs the i-th task on the i-th thread from a first on, all at once: see {@link #run(List)}.
     */
    <T> List<T> runFrom(int firstThread, List<? extends Callable<T>> tasks) {
        CountDownLatch ready = new CountDownLatch(tasks.size());
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Callable<T> task = tasks.get(i);
            futures.add(
                    threads.get(firstThread + i)
                            .submit(() -> {
                                ready.countDown();
                                ready.await();
                                return task.call();
                            }));
        }
        List<T> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure = failure == null ? failed(e.getCause()) : failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("interrupted while threads were at work", e);
                break;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /**
     * Runs the i-th task on the i-th thread, all at once, and waits for all; the first failure is
     * thrown then.
     */
    <T> List<T> run(List<? extends Callable<T>> tasks) {
        return runFrom(0, tasks);
    }

    private static RuntimeException failed(@Nullable Throwable cause) {
        return cause instanceof RuntimeException failure
                ? failure
                : new IllegalStateException(cause);
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdownNow);
    }
}
