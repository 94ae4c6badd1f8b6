package cordwood.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads of a test: {@link #close} waits for all of them, and fails with what the first of
 * them failed with.
 */
public final class Threads implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    /** What a thread does. */
    @FunctionalInterface
    public interface Body {
        /** Runs once; what it throws fails the test. */
        void run() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** No threads yet. */
    public Threads() {}

    /** Starts a thread. */
    public Thread start(Body body) {
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                body.run();
                            } catch (Throwable e) {
                                failure.compareAndSet(null, e);
                            }
                        });
        threads.add(thread);
        return thread;
    }

    /** Whether a thread has failed. */
    public boolean failed() {
        return failure.get() != null;
    }

    @Override
    public void close() {
        threads.forEach(Threads::join);
        Throwable first = failure.get();
        if (first != null) {
            throw new AssertionError("a thread of the test failed: " + first.getMessage(), first);
        }
    }

    private static void join(Thread thread) {
        try {
            if (thread.join(DEADLINE)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        AssertionError stuck = new AssertionError("a thread of the test still runs, see its stack");
        stuck.setStackTrace(thread.getStackTrace());
        throw stuck;
    }
}
