package cordwood.loglet;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs reads beside the workers, each on a virtual thread of its own. Thread-safe. */
final class ReaderPool implements AutoCloseable {

    private static final int READS_MAX = 4096;

    private final long readBytesMax;
    private final ByteBudget budget;
    private final Semaphore places = new Semaphore(READS_MAX);
    private final AtomicBoolean closed = new AtomicBoolean();

    ReaderPool(LogletOptions options) {
        this.readBytesMax = options.readBytesMax();
        this.budget = new ByteBudget(options.inFlightReadBytesMax());
    }

    /** The byte limit in force for a read that asks for {@code wanted}. */
    long byteLimit(long wanted) {
        return wanted == Request.GetRecords.NO_LIMIT
                ? readBytesMax
                : Math.min(wanted, readBytesMax);
    }

    /** Starts a read that gathers up to {@code byteLimit}; false when there is no room for it. */
    boolean tryStart(long byteLimit, Runnable read) {
        if (!places.tryAcquire()) {
            return false;
        }
        if (!budget.tryAcquire(byteLimit)) {
            places.release();
            return false;
        }
        Thread.ofVirtual().name("loglet-read").start(() -> run(byteLimit, read));
        return true;
    }

    private void run(long byteLimit, Runnable read) {
        try {
            read.run();
        } finally {
            budget.release(byteLimit);
            places.release();
        }
    }

    /** Waits for the reads under way, and lets none start any more. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            places.acquireUninterruptibly(READS_MAX);
        }
    }
}
