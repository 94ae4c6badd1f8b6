package cordwood.memory.fault;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An Error that comes out of the n-th point that one thread passes. Confined to that thread while
 * armed, and read by others once the thread has ended or was disarmed.
 */
public final class Fault {

    /** What comes out, and of which points. */
    public enum Kind {
        /** {@link OutOfMemoryError}, of allocations. */
        HEAP,
        /** {@link StackOverflowError}, of calls, until somebody made sure of room on the stack. */
        STACK
    }

    private final Kind kind;
    private final long at;
    private final int timesMax;

    private boolean roomy;
    private long points;
    private volatile boolean armed;
    private final AtomicInteger thrown = new AtomicInteger();
    private volatile @Nullable Error first;

    /**
     * @param at the first point it comes out of, counted from 1
     * @param timesMax how many points in a row it comes out of
     */
    public Fault(Kind kind, long at, int timesMax) {
        this.kind = kind;
        this.at = at;
        this.timesMax = timesMax;
    }

    /** One that never comes out. */
    public static Fault none() {
        return new Fault(Kind.HEAP, Long.MAX_VALUE, 0);
    }

    /** From now on points count. */
    public void arm() {
        roomy = false;
        armed = true;
    }

    /** From now on nothing comes out. */
    public void disarm() {
        armed = false;
    }

    /** The operation has ended; what was made sure of before is not sure any more. */
    void begin() {
        roomy = false;
    }

    /** How often it came out. */
    public int thrown() {
        return thrown.get();
    }

    /** What came out first. */
    public @Nullable Error first() {
        return first;
    }

    /** Whether {@code error} is of the kind that comes out. */
    public boolean isLike(Throwable error) {
        return kind == Kind.HEAP
                ? error instanceof OutOfMemoryError
                : error instanceof StackOverflowError;
    }

    void atAllocation() {
        if (armed && kind == Kind.HEAP) {
            point();
        }
    }

    void atCall() {
        if (armed && kind == Kind.STACK && !roomy) {
            point();
        }
    }

    void roomMade() {
        roomy = true;
    }

    private void point() {
        points++;
        if (points < at || thrown.get() >= timesMax) {
            return;
        }
        Error error =
                kind == Kind.HEAP
                        ? new OutOfMemoryError("injected")
                        : new StackOverflowError("injected");
        if (first == null) {
            first = error;
        }
        thrown.incrementAndGet();
        throw error;
    }

    @Override
    public String toString() {
        if (timesMax == 0) {
            return "no fault";
        }
        return kind + " at point " + at + (timesMax > 1 ? " and after" : "");
    }
}
