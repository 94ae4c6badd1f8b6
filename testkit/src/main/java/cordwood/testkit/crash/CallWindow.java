package cordwood.testkit.crash;

/** Counts calls, and says which are to be disturbed: so many from the n-th on. Thread-safe. */
public final class CallWindow {

    // guarded by this
    private long calls;
    private long first = Long.MAX_VALUE;
    private long end;

    /** No call is disturbed. */
    public CallWindow() {}

    /** From now on counts, and disturbs {@code length} calls from the n-th on. */
    public synchronized void arm(int firstCall, int length) {
        calls = 0;
        first = firstCall;
        end = (long) firstCall + length;
    }

    /** From now on disturbs none; answers whether it has. */
    public synchronized boolean disarm() {
        boolean reached = calls >= first;
        first = Long.MAX_VALUE;
        return reached;
    }

    /** Counts a call; whether it is to be disturbed. */
    public synchronized boolean next() {
        calls++;
        return calls >= first && calls < end;
    }
}
