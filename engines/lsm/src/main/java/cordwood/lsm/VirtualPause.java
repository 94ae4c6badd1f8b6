package cordwood.lsm;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * A pause of a virtual thread, ended by a platform thread. What ends the pauses of {@link
 * LockSupport#parkNanos} needs heap, and a virtual thread that finds none then is lost.
 */
final class VirtualPause implements Runnable {

    private final Thread waiting = Thread.currentThread();
    private final long nanos;
    private volatile boolean isOver;

    private VirtualPause(long nanos) {
        this.nanos = nanos;
    }

    /** Pauses the calling thread for about so long; not at all where the heap is full. */
    static void take(long nanos, Executor platformThreads) {
        VirtualPause pause;
        try {
            pause = new VirtualPause(nanos);
            platformThreads.execute(pause);
        } catch (OutOfMemoryError _) {
            return;
        }
        while (!pause.isOver) {
            LockSupport.park(pause);
        }
    }

    @Override
    public void run() {
        try {
            LockSupport.parkNanos(this, nanos);
        } finally {
            isOver = true;
            LockSupport.unpark(waiting);
        }
    }
}
