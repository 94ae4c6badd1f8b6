package cordwood.testkit.disk;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process's view of a {@link CrashingDisk}, until the process dies: then every call through it
 * fails, and what it had written but not synced is still in the operating system's hands. Another
 * process may go on with the same disk.
 */
public final class MortalDisk extends InterposedDisk {

    private final CrashingDisk disk;
    // guarded by this
    private long changingCalls;
    private long lastCall = Long.MAX_VALUE;
    private boolean dead;

    /** The view of a new process; there may be one at a time. */
    public MortalDisk(CrashingDisk disk) {
        super(disk);
        this.disk = disk;
    }

    /**
     * Dies before a later changing call.
     *
     * @param call which, from 1, counted from now
     */
    public synchronized void killAt(long call) {
        lastCall = changingCalls + call;
    }

    /** Dies now: its files are closed and its directories free. */
    public synchronized void kill() {
        if (!dead) {
            dead = true;
            disk.releaseAll();
        }
    }

    /** Whether the process has died. */
    public synchronized boolean isDead() {
        return dead;
    }

    private synchronized void live(DiskCall call) {
        if (!dead && call.operation().isChanging() && ++changingCalls >= lastCall) {
            kill();
        }
        boolean releases =
                call.operation() == DiskOperation.CLOSE || call.operation() == DiskOperation.UNLOCK;
        if (dead && !releases) {
            throw new FileFailure(
                    FileFailure.Kind.IO,
                    call.operation().name(),
                    call.path(),
                    call.offsetBytes(),
                    "the process is dead",
                    null);
        }
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        live(call);
        return body.get();
    }
}
