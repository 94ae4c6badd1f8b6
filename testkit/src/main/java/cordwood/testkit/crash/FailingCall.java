package cordwood.testkit.crash;

/**
 * One call of a group writer that fails: the n-th, without its effect or after it. Whatever stands
 * in front of the calls asks before and after each. Thread-safe.
 */
public final class FailingCall {

    /** How the call fails. */
    public enum Kind {
        /** Nothing was done, for want of room. */
        NO_ROOM,
        /** Nothing was done, by an error. */
        ERROR,
        /** It was done, and reports an error. */
        ERROR_AFTERWARDS
    }

    private final Kind kind;
    private final long call;
    // guarded by this
    private long calls;
    private boolean failed;

    /** The {@code call}-th call fails, counted from 1. */
    public FailingCall(Kind kind, long call) {
        this.kind = kind;
        this.call = call;
    }

    /** How it fails. */
    public Kind kind() {
        return kind;
    }

    /** Which call fails, from 1. */
    public long call() {
        return call;
    }

    /** Counts a call that is about to be made; true when it must fail at once. */
    public synchronized boolean failsBefore() {
        calls++;
        failed |= calls == call;
        return calls == call && kind != Kind.ERROR_AFTERWARDS;
    }

    /** Whether the call that was made last must fail now. */
    public synchronized boolean failsAfter() {
        return calls == call && kind == Kind.ERROR_AFTERWARDS;
    }

    /** Whether the call came. */
    public synchronized boolean hasFailed() {
        return failed;
    }

    @Override
    public String toString() {
        return "%s at call %d of the group writer".formatted(kind, call);
    }
}
