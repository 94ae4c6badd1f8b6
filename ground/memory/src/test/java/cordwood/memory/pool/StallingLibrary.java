package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A native allocator of which one call stalls before it has done anything, until it is let go. */
final class StallingLibrary implements NativeAllocator {

    private final NativeAllocator library;
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goingOn = new CountDownLatch(1);
    private volatile @Nullable Thread stalling;

    StallingLibrary(NativeAllocator library) {
        this.library = library;
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
    public String name() {
        return library.name();
    }

    @Override
    public long allocate(long bytes, int alignmentBytes) {
        call();
        return library.allocate(bytes, alignmentBytes);
    }

    @Override
    public long resize(long address, long usableBytes, long bytes) {
        call();
        return library.resize(address, usableBytes, bytes);
    }

    @Override
    public void free(long address, long usableBytes) {
        call();
        library.free(address, usableBytes);
    }

    @Override
    public long usableBytes(long address) {
        return library.usableBytes(address);
    }

    @Override
    public long usableBytesMax(long bytes, int alignmentBytes) {
        return library.usableBytesMax(bytes, alignmentBytes);
    }

    @Override
    public MemorySegment addressSpace() {
        return library.addressSpace();
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
