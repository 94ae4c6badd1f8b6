package cordwood.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The fate of one appended batch: a place in the store's sequence of commits, which completes once,
 * in order, by reaching its level or by failing. Thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // waiters and the DONE mark are compared by identity
public final class Commit {

    /**
     * Told once when a commit is done; runs on the store's notifying thread and must not block.
     * What it throws there goes to that thread's handler of uncaught exceptions.
     */
    @FunctionalInterface
    public interface Listener {
        /** Called with the commit that is done, whether it succeeded or failed. */
        void done(Commit commit);
    }

    /*
     * `waiter` moves once: null -> Thread or Listener -> DONE, or null -> DONE. Whoever swaps DONE in
     * (the committer) owes the displaced waiter a notification; whoever finds DONE needs none. The swap
     * also publishes `failure` and everything the commit made visible.
     */
    private static final Object DONE = new Object();
    private static final VarHandle WAITER;
    private static final VarHandle NEXT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITER = lookup.findVarHandle(Commit.class, "waiter", Object.class);
            NEXT = lookup.findVarHandle(Commit.class, "next", Commit.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable WriteBatch batch;
    private final Durability level;
    private final long footprintBytes;
    private final long chargedBytes;
    private long sequence;
    private @Nullable StoreException failure;
    private @Nullable Object owed;

    @SuppressWarnings("UnusedVariable") // through WAITER
    private volatile @Nullable Object waiter;

    @SuppressWarnings("UnusedVariable") // through NEXT
    private volatile @Nullable Commit next;

    Commit(@Nullable WriteBatch batch, Durability level, long footprintBytes, long chargedBytes) {
        this.batch = batch;
        this.level = level;
        this.footprintBytes = footprintBytes;
        this.chargedBytes = chargedBytes;
    }

    /** Position in the store's sequence of commits, from 1. */
    public long sequence() {
        return sequence;
    }

    /** The level asked for. */
    public Durability level() {
        return level;
    }

    /** Whether the level was reached or the commit failed. */
    public boolean isDone() {
        return WAITER.getAcquire(this) == DONE;
    }

    /** Why the commit failed; null while it is under way and after success. */
    public @Nullable StoreException failure() {
        return isDone() ? failure : null;
    }

    /**
     * Waits until the commit is done. An interrupt does not end the wait; it is kept for the
     * caller.
     *
     * @throws StoreException the failure, if it failed
     * @throws IllegalStateException when the commit has a waiter already
     */
    public void await() {
        awaitUntil(Long.MAX_VALUE, false);
        StoreException failed = failure;
        if (failed != null) {
            throw failed.again(failed.outcome());
        }
    }

    /**
     * Waits until the commit is done or the time is over.
     *
     * @return whether it is done
     * @throws IllegalStateException when the commit has a waiter already
     */
    public boolean await(long time, TimeUnit unit) {
        awaitUntil(System.nanoTime() + unit.toNanos(time), true);
        return isDone();
    }

    /**
     * Asks for one call when the commit is done. Where it is done already the call happens at once,
     * on this thread; otherwise on the store's notifying thread, in the order of commits.
     *
     * @throws IllegalStateException when the commit has a waiter already
     */
    public void whenDone(Listener listener) {
        Object found = WAITER.compareAndExchange(this, null, listener);
        if (found == DONE) {
            listener.done(this);
        } else if (found != null) {
            throw new IllegalStateException("commit " + sequence + " has a waiter already");
        }
    }

    private void awaitUntil(long deadlineNanos, boolean timed) {
        if (isDone()) {
            return;
        }
        Thread me = Thread.currentThread();
        Object found = WAITER.compareAndExchange(this, null, me);
        if (found != null && found != me) {
            if (found == DONE) {
                return;
            }
            throw new IllegalStateException("commit " + sequence + " has a waiter already");
        }
        boolean interrupted = false;
        while (!isDone()) {
            if (!timed) {
                LockSupport.park(this);
            } else {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    WAITER.compareAndSet(this, me, null);
                    break;
                }
                LockSupport.parkNanos(this, leftNanos);
            }
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            me.interrupt();
        }
    }

    WriteBatch batch() {
        if (batch == null) {
            throw new StoreException.Internal(
                    "a stub commit has no batch", StoreException.Outcome.NOT_APPLIED, null);
        }
        return batch;
    }

    /** What the batch held when it was appended. */
    long footprintBytes() {
        return footprintBytes;
    }

    /** What admission took for it, which is at least its share of the batches in flight. */
    long chargedBytes() {
        return chargedBytes;
    }

    void enqueuedAs(long assigned) {
        sequence = assigned;
    }

    /**
     * Completes the commit; true when somebody waits and must be told through {@link #tellWaiter}.
     */
    boolean complete(@Nullable StoreException reason) {
        failure = reason;
        owed = WAITER.getAndSet(this, DONE);
        return owed != null;
    }

    /** Tells whoever waits: a listener only once, whatever becomes of that. */
    void tellWaiter() {
        Object told = owed;
        if (told instanceof Listener listener) {
            owed = null;
            boolean vouched = StackRoom.vouch(false);
            try {
                listener.done(this);
            } finally {
                StackRoom.vouch(vouched);
            }
        } else if (told instanceof Thread thread) {
            LockSupport.unpark(thread);
            owed = null;
        }
    }

    void linkNext(Commit successor) {
        NEXT.setRelease(this, successor);
    }

    void unlink() {
        NEXT.set(this, null);
    }

    @Nullable Commit nextAcquire() {
        return (Commit) NEXT.getAcquire(this);
    }
}
