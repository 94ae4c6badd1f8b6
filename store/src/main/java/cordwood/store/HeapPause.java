package cordwood.store;

import java.util.concurrent.locks.LockSupport;

/**
 * For engines, where something begun must be finished and a full Java heap is in the way: others
 * will give some back, and then it is tried again. Thread-safe.
 *
 * <p>Who tries has the loop and the catching in its own code, since a piece of code to hand over
 * would have to be allocated.
 */
public final class HeapPause {

    private static final long PAUSE_NANOS = 1_000_000;
    private static final int OPENING_PAUSES_MAX = 500;

    static {
        take(); // what it looks at is loaded, which takes heap
    }

    private HeapPause() {}

    /** Has the class loaded, which takes heap; to be called before it may be full. */
    static void prepare() {}

    /**
     * The thread of an opening, which ends its pauses: it may be its caller who has the heap. What
     * was begun there is finished by the next opening.
     */
    static final class OpeningThread extends Thread {

        /** Made before the heap is full. */
        private final OutOfMemoryError noHeap = new OutOfMemoryError("no heap for an opening");

        private int pauses;

        OpeningThread(String name, Runnable work) {
            super(work, name);
            setDaemon(true);
        }
    }

    /**
     * Lets a millisecond pass. Allocates nothing.
     *
     * @throws OutOfMemoryError in an opening that has paused for long: it is to be given up
     */
    public static void take() {
        if (Thread.currentThread() instanceof OpeningThread opening
                && ++opening.pauses > OPENING_PAUSES_MAX) {
            throw opening.noHeap;
        }
        if (Thread.currentThread().isVirtual()) {
            spin();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** What ends the pause of a virtual thread needs heap, and a thread that finds none is lost. */
    private static void spin() {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < PAUSE_NANOS) {
            Thread.onSpinWait();
        }
    }
}
