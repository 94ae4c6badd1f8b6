package cordwood.store;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A step on a thread of its own, which parks while there is nothing to do. */
final class ThreadedStep implements StepExecutor.Handle {

    /*
     * No wake-up is lost: the thread says IDLE and looks once more before it parks; a waker publishes
     * its work, fences, and only then reads the state. One of the two sees the other.
     */
    private static final int RUNNING = 0;
    private static final int IDLE = 1;
    private static final int STOPPING = 2;

    private final StepExecutor.Step step;
    private final Thread thread;
    private final AtomicInteger state = new AtomicInteger(RUNNING);

    @SuppressWarnings("this-escape") // the fields are set before the thread starts
    ThreadedStep(Thread.Builder builder, StepExecutor.Step step) {
        HeapPause.prepare();
        this.step = step;
        this.thread = builder.start(this::loop);
    }

    private void loop() {
        StackRoom.vouch(true);
        while (state.get() != STOPPING) {
            if (step.run()) {
                continue;
            }
            if (state.compareAndSet(RUNNING, IDLE) && step.run()) {
                state.compareAndSet(IDLE, RUNNING);
            }
            while (state.get() == IDLE) {
                LockSupport.park(this);
            }
        }
        while (step.run()) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void wake() {
        VarHandle.fullFence();
        if (state.get() == IDLE) {
            StackRoom.require(); // an overflow in the middle would leave the step asleep for ever
            if (state.compareAndSet(IDLE, RUNNING)) {
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

    @Override
    public void close() {
        state.set(STOPPING);
        while (!isUnparked()) {
            HeapPause.take();
        }
        if (!thread.equals(Thread.currentThread())) {
            ThreadEnd.await(thread);
        }
    }
}
