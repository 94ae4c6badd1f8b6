package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;

/** Lets tables be, however many there are, until compactions are let go. Thread-safe. */
final class HeldCompactions implements StepExecutor {

    private final StepExecutor steps = StepExecutor.platformThreads();
    private volatile boolean held = true;

    /** The operating system's threads but for that, on a disk of the caller's. */
    LsmEnvironment on(Disk disk) {
        LsmEnvironment all = LsmEnvironment.on(disk);
        return new LsmEnvironment(
                disk,
                all.memory(),
                all.commits(),
                this,
                all.syncs(),
                all.pause(),
                all.isPatient(),
                all.waiter(),
                all.recovery());
    }

    void letGo() {
        held = false;
    }

    @Override
    public Handle start(String name, Step step) {
        return steps.start(name, name.equals("lsm-compact") ? () -> !held && step.run() : step);
    }
}
