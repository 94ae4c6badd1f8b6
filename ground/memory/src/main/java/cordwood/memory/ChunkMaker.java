package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that takes chunks from the system, in the order they were asked for, and ahead of
 * need when nothing is asked for. No caller's, because the JVM zeroes what it takes; and one, so
 * that what the C library does not map it keeps in one heap, and not in one for every thread.
 */
final class ChunkMaker {

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ChunkOrders orders;
    private final FailureTally failures;
    private final Thread thread;
    private volatile boolean closed;

    ChunkMaker(ChunkOrders orders, FailureTally failures) {
        this.orders = orders;
        this.failures = failures;
        this.thread = Thread.ofPlatform().daemon().name("cordwood-chunks").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Has it look for work. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Has the thread end after the chunk it is making. */
    void close() {
        closed = true;
        wake();
    }

    private void run() {
        Throwable failed = null;
        while (!closed) {
            try {
                Thread.interrupted(); // Parking would not wait.
                if (failed != null) {
                    failures.record(failed);
                    failed = null;
                    LockSupport.parkNanos(this, AFTER_FAILURE_NANOS);
                }
                StackRoom.require();
                ChunkOrder order = orders.next();
                if (order != null) {
                    orders.make(order);
                } else {
                    LockSupport.parkNanos(this, LOOK_EVERY_NANOS);
                }
            } catch (Throwable failure) {
                failed = failure; // Nothing is called here that could fail too.
            }
        }
    }
}
