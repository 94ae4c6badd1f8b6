package cordwood.memory.pool;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A native allocator of which one call stalls before it has done anything, until it is let go. */
final class StallingLibrary extends ForwardingLibrary {

    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goingOn = new CountDownLatch(1);
    private volatile @Nullable Thread stalling;

    StallingLibrary(NativeAllocator library) {
        super(library);
    }

    /**
     * Runs {@code operation} on another thread until it is in the library, then {@code close} on a
     * third one until that waits or is over, then both to their end. Answers whether the close was
     * over before the operation went on.
     */
    boolean closeInTheMiddleOf(Runnable operation, Runnable close) {
        Thread thread = Thread.ofPlatform().unstarted(operation);
        stalling = thread;
        thread.start();
        await(stalled);
        Thread closer = Thread.ofPlatform().start(close);
        while (closer.isAlive() && closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        boolean isOver = !closer.isAlive();
        goingOn.countDown();
        join(thread);
        join(closer);
        return isOver;
    }

    private void call() {
        if (Thread.currentThread().equals(stalling)) {
            stalling = null;
            stalled.countDown();
            await(goingOn);
        }
    }

    @Override
    void beforeChange() {
        call();
    }

    @Override
    void beforeLook() {
        // Sizes are answered at any time.
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(2, TimeUnit.MINUTES)) {
                throw new AssertionError("hangs");
            }
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
