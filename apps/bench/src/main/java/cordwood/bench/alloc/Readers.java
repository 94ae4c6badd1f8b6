package cordwood.bench.alloc;

import cordwood.memory.pool.BadHandle;
import cordwood.store.ThreadEnd;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that pin an epoch, read the newest cell, stay pinned, and read it again: it must be what
 * it was. They take new pins only in their contender's turns; a pin may outlast a turn.
 */
final class Readers implements AutoCloseable {

    private static final long PAUSED_NANOS = 1_000_000;

    private final Stand.ReadAccess access;
    private final long pinNanos;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder pins = new LongAdder();
    private final LongAdder damaged = new LongAdder();
    private volatile boolean paused = true;
    private volatile boolean closed;

    Readers(Stand.ReadAccess access, AllocConfig config) {
        this.access = access;
        this.pinNanos = config.pin().toNanos();
        for (int i = 0; i < config.readers(); i++) {
            threads.add(Thread.ofPlatform().daemon().name("bench-reader-" + i).start(this::read));
        }
    }

    void resume() {
        paused = false;
    }

    void pause() {
        paused = true;
    }

    /** Pins taken so far. */
    long pins() {
        return pins.sum();
    }

    /** Cells that changed under a pin: never, unless the pool is broken. */
    long damaged() {
        return damaged.sum();
    }

    private void read() {
        while (!closed) {
            if (paused) {
                LockSupport.parkNanos(PAUSED_NANOS);
            } else {
                readPinned();
                Thread.onSpinWait();
            }
        }
    }

    private void readPinned() {
        long ticket = access.epochs().enter();
        try {
            long handle = access.published().getAcquire();
            long endNanos = System.nanoTime() + pinNanos;
            check(handle);
            long leftNanos = endNanos - System.nanoTime();
            while (leftNanos > 0 && !closed) {
                LockSupport.parkNanos(leftNanos);
                leftNanos = endNanos - System.nanoTime();
            }
            check(handle);
        } finally {
            access.epochs().leave(ticket);
        }
        pins.increment();
    }

    /** Every cell holds its handle. */
    private void check(long handle) {
        try {
            if (handle != 0
                    && access.cells().view(handle).get(ValueLayout.JAVA_LONG, 0) != handle) {
                damaged.increment();
            }
        } catch (BadHandle freed) {
            damaged.increment();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            ThreadEnd.await(thread);
        }
    }
}
