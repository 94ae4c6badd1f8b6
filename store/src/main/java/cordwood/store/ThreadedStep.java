package cordwood.store;

import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A step on a thread of its own, which parks while there is nothing to do. */
final class ThreadedStep implements StepExecutor.Handle {

    /*
     * No wake-up is lost: the thread says LOOKING and looks once more before it is IDLE and parks; a
     * waker publishes its work, fences, and only then reads the state. One of the two sees the other.
     *
     * A virtual thread may be lost where the heap is full: its scheduler takes it from a queue, and
     * finds no heap for one carrier more before it runs it. So whoever was woken claims the step, and
     * where nobody does the watch gives the step another thread; should the first one come after all,
     * it finds that the step is not its own any more, and ends.
     */
    private static final int WOKEN = 0; // to be claimed by the thread
    private static final int RUNNING = 1;
    private static final int LOOKING = 2; // running, too: whoever has work says RUNNING again
    private static final int IDLE = 3;
    private static final int CHANGING = 4; // the thread
    private static final int ENDED = 5;

    private static final long END_MILLIS = 100;

    private final StepExecutor.Step step;
    private final ThreadFactory spares;
    private final AtomicInteger state = new AtomicInteger(WOKEN);
    private volatile Thread thread;
    private volatile boolean stopping;

    private final AtomicLong claims = new AtomicLong(); // changed by the thread
    private long claimsAtLook = -1; // confined to the watch

    /**
     * Starts the step.
     *
     * @param threads makes its thread
     * @param spares makes one in the place of a virtual thread that is lost
     */
    @SuppressWarnings("this-escape") // the fields are set before the thread starts
    ThreadedStep(ThreadFactory threads, ThreadFactory spares, StepExecutor.Step step) {
        HeapPause.prepare();
        this.step = step;
        this.spares = spares;
        this.thread = threads.newThread(this::loop);
        if (thread.isVirtual()) {
            StepWatch.add(this);
        }
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                state.set(ENDED);
            }
        }
    }

    private void loop() {
        StackRoom.vouch(true);
        Thread me = Thread.currentThread();
        while (me.equals(thread) && state.compareAndSet(WOKEN, RUNNING)) {
            claims.lazySet(claims.get() + 1);
            runUntilIdle();
            while (state.get() == IDLE) {
                LockSupport.park(this);
                Thread.interrupted(); // nobody is to hear of it, and parking would not wait
            }
        }
    }

    private void runUntilIdle() {
        while (true) {
            boolean isLast = stopping;
            if (step.run()) {
                continue;
            }
            if (isLast) {
                state.set(ENDED);
                return;
            }
            state.set(LOOKING);
            VarHandle.fullFence();
            if (step.run() || stopping) {
                state.set(RUNNING);
            } else if (state.compareAndSet(LOOKING, IDLE)) {
                return;
            }
        }
    }

    @Override
    public void requireStackToWake() {
        if (isAsleep()) {
            StackRoom.require();
        }
    }

    private boolean isAsleep() {
        int seen = state.get();
        return seen == LOOKING || seen == IDLE;
    }

    @Override
    public void wake() {
        VarHandle.fullFence();
        if (isAsleep()) {
            StackRoom.requireSome(); // an overflow in the middle leaves the step asleep
            if (!state.compareAndSet(LOOKING, RUNNING) && state.compareAndSet(IDLE, WOKEN)) {
                while (!isUnparked()) {
                    HeapPause.take(); // nobody else would wake it
                }
            }
        }
    }

    private boolean isUnparked() {
        try {
            LockSupport.unpark(thread);
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    /**
     * Gives the step another thread where it was woken before the last look and is still waiting
     * for its own. Called by the watch.
     */
    void look() {
        long seen = claims.get();
        boolean isWoken = state.get() == WOKEN;
        boolean isLost = isWoken && seen == claimsAtLook;
        claimsAtLook = isWoken ? seen : -1;
        if (isLost) {
            Thread spare = spares.newThread(this::loop);
            if (state.compareAndSet(WOKEN, CHANGING)) {
                thread = spare;
                state.set(WOKEN);
                spare.start(); // or the next look tries again
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        wake();
        if (!thread.equals(Thread.currentThread())) {
            awaitEnd();
        }
    }

    boolean isEnded() {
        return state.get() == ENDED;
    }

    /** Whether the thread, or one in its place, has still to come to the end; not if it died. */
    private boolean isOngoing() {
        int seen = state.get();
        return thread.isAlive() || seen == WOKEN || seen == CHANGING;
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (isOngoing()) {
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException _) {
                interrupted = true;
            } catch (OutOfMemoryError _) {
                HeapPause.take();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
