package cordwood.memory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The one background thread of a {@link Memory}: runs every task at each tick until closed. */
final class Upkeep implements AutoCloseable {

    private final List<Runnable> tasks = new CopyOnWriteArrayList<>();
    private final Duration tick;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    Upkeep(Duration tick) {
        this.tick = tick;
        this.thread = Thread.ofPlatform().daemon().name("cordwood-memory").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void add(Runnable task) {
        tasks.add(task);
    }

    void remove(Runnable task) {
        tasks.remove(task);
    }

    /** The first failure of a task; the others went on. */
    @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && !thread.equals(Thread.currentThread())) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            runOnce();
            LockSupport.parkNanos(this, tick.toNanos());
        }
    }

    void runOnce() {
        for (Runnable task : tasks) {
            runOne(task);
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) {
            if (failure == null) {
                failure = thrown;
            }
        }
    }
}
