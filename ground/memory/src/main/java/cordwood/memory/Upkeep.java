package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The one background thread of a {@link Memory}: runs every task at each tick until closed. */
final class Upkeep {

    /** How long is waited for a task or for the thread to end. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Roster<Runnable> tasks = new Roster<>();
    private final FailureTally failures;
    private final long tickNanos;
    private final Thread thread;
    private volatile boolean closed;

    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable Runnable running;
    private @Nullable Thread runner;
    private boolean live;

    Upkeep(Duration tick, FailureTally failures) {
        this.tickNanos = tick.toNanos();
        this.failures = failures;
        this.thread = Thread.ofPlatform().daemon().name("cordwood-memory").unstarted(this::run);
    }

    void start() {
        synchronized (lock) {
            thread.start();
            live = true;
        }
    }

    void add(Runnable task) {
        StackRoom.require();
        tasks.addLast(task);
    }

    /**
     * Takes a task back and waits until a run of it already begun is over, unless called by it.
     *
     * @throws IllegalStateException when it is not over after a minute
     */
    void remove(Runnable task) {
        StackRoom.require();
        tasks.remove(task);
        if (!Waits.until(lock, WAIT_NANOS, () -> !isRunningElsewhere(task))) {
            throw new IllegalStateException("an upkeep task does not end");
        }
    }

    /** Ends the thread; answers false when it is not over after a minute. */
    boolean close() {
        closed = true;
        LockSupport.unpark(thread);
        return thread.equals(Thread.currentThread()) || Waits.until(lock, WAIT_NANOS, () -> !live);
    }

    private void run() {
        Throwable failed = null;
        while (!closed) {
            try {
                StackRoom.require();
                Thread.interrupted(); // Of whom nobody would hear: parking would not wait.
                if (failed != null) {
                    failures.record(failed);
                    failed = null;
                }
                LockSupport.parkNanos(this, tickNanos);
                runOnce();
            } catch (Throwable failure) {
                failed = failure; // Nothing is called here that could fail too.
            }
        }
        synchronized (lock) {
            live = false;
            lock.notifyAll();
        }
    }

    void runOnce() {
        StackRoom.require();
        Roster.Member<Runnable> member = tasks.first();
        while (member != null) {
            runOne(member);
            if (Thread.currentThread().equals(thread)) {
                Thread.interrupted(); // No task is interrupted for another one.
            }
            member = tasks.after(member);
        }
    }

    private void runOne(Roster.Member<Runnable> member) {
        Runnable task = member.value;
        synchronized (lock) {
            running = task;
            runner = Thread.currentThread();
        }
        try {
            // Looked at again: whoever took it back since then did not wait.
            if (!member.gone) {
                task.run();
            }
        } catch (Throwable failure) {
            failures.record(failure);
        } finally {
            synchronized (lock) {
                running = null;
                runner = null;
                lock.notifyAll();
            }
        }
    }

    private boolean isRunningElsewhere(Runnable task) {
        return task.equals(running) && !Thread.currentThread().equals(runner);
    }
}
