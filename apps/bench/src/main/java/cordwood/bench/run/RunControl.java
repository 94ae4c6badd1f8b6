package cordwood.bench.run;

import org.jspecify.annotations.Nullable;

/** Whether a run goes on, and what ended it early. Thread-safe. */
public final class RunControl {

    private volatile boolean stopped;
    private volatile boolean interrupted;
    private volatile @Nullable String failure;

    // guarded by this
    private @Nullable Runnable listener;

    /** A run that goes on. */
    public RunControl() {}

    /** Asks the run to stop as soon as what is under way is done, keeping what was measured. */
    public void interrupt() {
        Runnable told;
        synchronized (this) {
            interrupted = true;
            stopped = true;
            told = listener;
            listener = null;
        }
        if (told != null) {
            told.run();
        }
    }

    /**
     * Names who is told of an interrupt, in place of whoever was named before; at once when there
     * was one already.
     */
    public void onInterrupt(Runnable told) {
        synchronized (this) {
            if (!interrupted) {
                listener = told;
                return;
            }
        }
        told.run();
    }

    /** Ends the run because of a failure; the first one is kept. */
    public synchronized void fail(String what) {
        if (failure == null) {
            failure = what;
        }
        stopped = true;
    }

    /** Whether nothing new should be begun. */
    public boolean isStopped() {
        return stopped;
    }

    /** Whether somebody asked to stop. */
    public boolean isInterrupted() {
        return interrupted;
    }

    /** What went wrong first, or null. */
    public @Nullable String failure() {
        return failure;
    }
}
