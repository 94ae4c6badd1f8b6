package cordwood.testkit.crash;

import cordwood.store.StepExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Runs a store's steps on the calling thread, in an order that follows from a seed, and blocking
 * calls beside them: a step runs only while the call waits.
 *
 * <p>One thread drives; steps may be started, woken and closed from any thread.
 */
public final class Lockstep implements StepExecutor {

    private static final long HANG_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long PAUSE_NANOS = 20_000;
    private static final int SPURIOUS_RUN_ONE_IN = 16;

    private final SplittableRandom random;
    // guarded by itself
    private final List<Started> started = new ArrayList<>();

    /** Picks the next step from the seed. */
    public Lockstep(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public Handle start(String name, Step step) {
        Started handle = new Started(name, step);
        synchronized (started) {
            started.add(handle);
        }
        return handle;
    }

    /** Names of the steps that were started and not closed. */
    public List<String> running() {
        synchronized (started) {
            return started.stream().map(step -> step.name).toList();
        }
    }

    /** Runs up to that many steps, fewer when the seed says so or none has work. */
    public void runSome(int stepsMax) {
        for (int left = random.nextInt(stepsMax + 1); left > 0 && runOne(); left--) {
            // the loop says it all
        }
    }

    /** Runs steps until none was woken. */
    public void runAll() {
        long giveUpNanos = System.nanoTime() + HANG_NANOS;
        while (runOne()) {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new Violation("steps still find work after 10 s: " + running());
            }
        }
    }

    /** Lets a little time pass for steps that wait for it, then runs them all. */
    public void rest() {
        runAnyway();
        runAll();
    }

    /** Runs steps until the condition holds. */
    public void runUntil(String what, BooleanSupplier condition) {
        long lastWorkNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (runOne()) {
                lastWorkNanos = System.nanoTime();
            } else {
                failIfHung(what, lastWorkNanos);
                runAnyway();
            }
        }
    }

    /** Makes a call that may block until steps have run; it may not outlast them by 10 s. */
    public <T> T call(String what, Callable<T> body) throws Exception {
        return call(what, body, this::runOne);
    }

    /** Makes a call beside which no step runs, and which may not need any. */
    public <T> T callAlone(String what, Callable<T> body) throws Exception {
        return call(what, body, () -> false);
    }

    private <T> T call(String what, Callable<T> body, BooleanSupplier runOne) throws Exception {
        FutureTask<T> task = new FutureTask<>(body);
        Thread caller = Thread.ofVirtual().name("caller").start(task);
        long lastWorkNanos = System.nanoTime();
        while (!task.isDone()) {
            if (!isWaiting(caller)) {
                Thread.onSpinWait();
            } else if (runOne.getAsBoolean()) {
                lastWorkNanos = System.nanoTime();
            } else {
                failIfHung(what, lastWorkNanos, caller);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (InterruptedException | CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Exception unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case Exception cause -> cause;
            case Error cause -> throw cause;
            case null, default -> e;
        };
    }

    private static boolean isWaiting(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case NEW, RUNNABLE, BLOCKED, TERMINATED -> false;
        };
    }

    private void failIfHung(String what, long sinceNanos, Thread... callers) {
        if (System.nanoTime() - sinceNanos < HANG_NANOS) {
            return;
        }
        Violation hung =
                new Violation(what + " has waited 10 s while every step is idle: " + running());
        for (Thread caller : callers) {
            hung.setStackTrace(caller.getStackTrace());
        }
        throw hung;
    }

    /** Runs a woken step, now and then one that was not; false when none was woken. */
    private boolean runOne() {
        Started next;
        synchronized (started) {
            List<Started> woken = started.stream().filter(step -> step.woken).toList();
            if (woken.isEmpty()) {
                return false;
            }
            List<Started> choice =
                    random.nextInt(SPURIOUS_RUN_ONE_IN) == 0 ? List.copyOf(started) : woken;
            next = choice.get(random.nextInt(choice.size()));
        }
        next.runOnce();
        return true;
    }

    /** Steps that wait for time to pass are not woken by anybody. */
    private void runAnyway() {
        LockSupport.parkNanos(PAUSE_NANOS);
        List<Started> all;
        synchronized (started) {
            all = List.copyOf(started);
        }
        all.forEach(Started::runOnce);
    }

    private final class Started implements Handle {
        private final String name;
        private final Step step;
        private volatile boolean woken = true;

        Started(String name, Step step) {
            this.name = name;
            this.step = step;
        }

        boolean runOnce() {
            woken = false;
            try {
                boolean worked = step.run();
                if (worked) {
                    woken = true;
                }
                return worked;
            } catch (RuntimeException | Error e) {
                throw new Violation("step " + name + " died", e);
            }
        }

        @Override
        public void wake() {
            woken = true;
        }

        @Override
        public void close() {
            boolean mine;
            synchronized (started) {
                mine = started.remove(this);
            }
            while (mine && step.run()) {
                // until it finds nothing, as the contract of a handle says
            }
        }
    }
}
