package cordwood.lsm.flush;

import cordwood.lsm.format.PatientFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls that wait until everything up to a sequence has been dealt with. Thread-safe. */
public final class Requests {

    private record Request(CompletableFuture<Void> done, long number, long sequence) {}

    private static final long UNKNOWN = Long.MAX_VALUE;

    // guarded by this
    private List<Request> waiting = new ArrayList<>(); // in the order they came
    private long lastNumber;

    private @Nullable RuntimeException end;

    private volatile boolean wanted;

    /** Nobody waits. */
    public Requests() {}

    /** Waits for everything there is once {@link #cover} is called. */
    public CompletableFuture<Void> add() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        RuntimeException refusal;
        synchronized (this) {
            refusal = end;
            if (refusal == null) {
                waiting.add(new Request(done, lastNumber + 1, UNKNOWN));
                lastNumber++;
                wanted = true;
            }
        }
        if (refusal != null) {
            done.completeExceptionally(refusal);
        }
        return done;
    }

    /** Whether somebody waits. */
    public synchronized boolean hasAny() {
        return !waiting.isEmpty();
    }

    /** The number of the last that came. */
    public synchronized long lastNumber() {
        return lastNumber;
    }

    /** Whether somebody waits who was not covered yet. */
    public boolean isWanted() {
        return wanted;
    }

    /** Lets those who wait now wait for everything up to a sequence; the number of the last. */
    public synchronized long cover(long sequence) {
        List<Request> covered = new ArrayList<>();
        for (Request request : waiting) {
            covered.add(
                    new Request(
                            request.done, request.number, Math.min(request.sequence, sequence)));
        }
        waiting = covered;
        wanted = false;
        return lastNumber;
    }

    /**
     * Everything up to a sequence has been dealt with. None is forgotten where the heap is full.
     */
    public void complete(long sequence) {
        for (Request next = firstUpTo(sequence); next != null; next = firstUpTo(sequence)) {
            try {
                next.done.complete(null);
            } catch (OutOfMemoryError _) {
                // it is done all the same
            }
        }
    }

    private synchronized @Nullable Request firstUpTo(long sequence) {
        boolean isDone = !waiting.isEmpty() && waiting.getFirst().sequence <= sequence;
        return isDone ? waiting.removeFirst() : null;
    }

    /** Fails all who wait, and all who come. */
    public void end(RuntimeException cause) {
        synchronized (this) {
            end = cause;
        }
        fail(cause);
    }

    /** Fails all who wait. Waits while the heap is full. */
    public void fail(RuntimeException cause) {
        fail(cause, Long.MAX_VALUE);
    }

    /** As {@link #fail(RuntimeException)}, those up to a number: whoever came later is served. */
    public void fail(RuntimeException cause, long number) {
        for (Request next = first(number); next != null; next = first(number)) {
            PatientFailure.of(next.done, cause);
        }
    }

    private synchronized @Nullable Request first(long number) {
        if (waiting.isEmpty()) {
            wanted = false;
            return null;
        }
        return waiting.getFirst().number <= number ? waiting.removeFirst() : null;
    }
}
