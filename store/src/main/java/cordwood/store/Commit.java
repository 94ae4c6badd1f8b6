package cordwood.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The fate of one appended batch: a place in the store's sequence of commits, which completes once,
 * in order, by reaching its level or by failing. Thread-safe: any number of threads may ask and
 * wait, and any number of listeners be told.
 */
@SuppressWarnings("ReferenceEquality") // those who wait and the DONE mark are themselves
public final class Commit {

    /**
     * Told once when a commit is done; runs on the store's notifying thread and must not block.
     * What it throws, there or on the thread that asked, goes to that thread's handler of uncaught
     * exceptions, which may do what a listener may, and harms nobody else. An interrupt that it
     * leaves on a thread of ours is forgotten.
     */
    @FunctionalInterface
    public interface Listener {
        /** Called with the commit that is done, whether it succeeded or failed. */
        void done(Commit commit);
    }

    /*
     * `waiting` is null, then the first who waits, a Thread or Listener, then a list of several, the
     * latest first, and in the end DONE. Whoever swaps DONE in (the committer) owes all that it
     * displaced a notification; whoever finds DONE needs none. The swap also publishes `failure` and
     * everything the commit made visible. A thread is there at most once, and may stay after its time
     * was over: it is woken once for nothing then.
     */
    private static final Object DONE = new Object();
    private static final VarHandle WAITING;
    private static final VarHandle NEXT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITING = lookup.findVarHandle(Commit.class, "waiting", Object.class);
            NEXT = lookup.findVarHandle(Commit.class, "next", Commit.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * One of several who wait.
     *
     * @param waiter a thread or listener
     * @param before who came before: another of these, or the first waiter
     */
    private record Waiting(Object waiter, Object before) {}

    private final @Nullable GroupCommitter committer;
    private final @Nullable WriteBatch batch;
    private final Durability level;
    private final long footprintBytes;
    private final long chargedBytes;
    private long sequence;
    private @Nullable StoreException failure;
    private @Nullable Object owed;

    @SuppressWarnings("UnusedVariable") // through WAITING
    private volatile @Nullable Object waiting;

    @SuppressWarnings("UnusedVariable") // through NEXT
    private volatile @Nullable Commit next;

    Commit(
            @Nullable GroupCommitter committer,
            @Nullable WriteBatch batch,
            Durability level,
            long footprintBytes,
            long chargedBytes) {
        this.committer = committer;
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
        return WAITING.getAcquire(this) == DONE;
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
     * @throws StoreException.Invalid in a listener of the same store, whose thread would have to
     *     tell this one
     */
    public void await() {
        awaitUntil(Long.MAX_VALUE, false);
        StoreException failed = failure;
        if (failed != null) {
            throw failed.again(failed.outcome());
        }
    }

    /**
     * Waits until the commit is done or the time is over, at once where that is not positive.
     *
     * @return whether it is done
     * @throws StoreException.Invalid as {@link #await()}
     */
    public boolean await(long time, TimeUnit unit) {
        awaitUntil(System.nanoTime() + Math.max(0, unit.toNanos(time)), true);
        return isDone();
    }

    /**
     * Asks for one call when the commit is done. Where it is done already the call happens at once,
     * on this thread; otherwise on the store's notifying thread, in the order of commits.
     */
    public void whenDone(Listener listener) {
        Objects.requireNonNull(listener, "listener");
        if (!enter(listener)) {
            tellAtOnce(listener);
        }
    }

    private void tellAtOnce(Listener listener) {
        try {
            listener.done(this);
        } catch (Throwable e) {
            reportUncaught(e);
        }
    }

    /** Tells the calling thread's handler of uncaught exceptions, whatever that throws. */
    static void reportUncaught(Throwable thrown) {
        Thread me = Thread.currentThread();
        try {
            me.getUncaughtExceptionHandler().uncaughtException(me, thrown);
        } catch (Throwable _) {
            // nobody else is left to tell
        }
    }

    /** Lets somebody be told who is not among those who wait; false when it is done. */
    private boolean enter(Object waiter) {
        Object found = waiting;
        while (found != DONE) {
            Object seen =
                    WAITING.compareAndExchange(
                            this, found, found == null ? waiter : new Waiting(waiter, found));
            if (seen == found) {
                return true;
            }
            found = seen;
        }
        return false;
    }

    /** Whether the thread, which is the calling one, will be told when it is done. */
    private boolean hasEntered(Thread me) {
        Object rest = waiting;
        while (rest instanceof Waiting several) {
            if (several.waiter == me) {
                return true;
            }
            rest = several.before;
        }
        return rest == me;
    }

    private void awaitUntil(long deadlineNanos, boolean timed) {
        if (isDone()) {
            return;
        }
        if (committer != null && committer.isNotifying()) {
            throw new StoreException.Invalid(
                    "a listener must not wait for a commit: nobody else would tell it");
        }
        Thread me = Thread.currentThread();
        if (!hasEntered(me) && !enter(me)) {
            return;
        }
        boolean interrupted = false;
        while (!isDone()) {
            if (!timed) {
                LockSupport.park(this);
            } else {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    WAITING.compareAndSet(this, me, null);
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

    boolean isOf(GroupCommitter other) {
        return committer == other;
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
     * Completes the commit; true when somebody waits and must be told through {@link #tellWaiters}.
     */
    boolean complete(@Nullable StoreException reason) {
        failure = reason;
        owed = WAITING.getAndSet(this, DONE);
        return owed != null;
    }

    /**
     * Tells those who wait: a listener only once, whatever becomes of that. Where one fails,
     * another call goes on with the others.
     */
    void tellWaiters() {
        Object all;
        while ((all = owed) != null) {
            Object rest = all instanceof Waiting several ? several.before : null;
            Object told = all instanceof Waiting several ? several.waiter : all;
            if (told instanceof Listener listener) {
                owed = rest;
                tell(listener);
            } else {
                LockSupport.unpark((Thread) told);
                owed = rest;
            }
        }
    }

    private void tell(Listener listener) {
        boolean vouched = StackRoom.vouch(false);
        try {
            listener.done(this);
        } finally {
            StackRoom.vouch(vouched);
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
