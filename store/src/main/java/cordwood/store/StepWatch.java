package cordwood.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Looks after all steps on virtual threads, on one platform thread of the process. */
final class StepWatch {

    private static final long LOOK_NANOS = 500_000_000;

    // guarded by itself
    private static final List<ThreadedStep> STEPS = new ArrayList<>();

    static {
        Thread.ofPlatform().daemon().name("store-watch").start(StepWatch::loop);
    }

    private StepWatch() {}

    /** From now on, until the step has ended. */
    static void add(ThreadedStep step) {
        synchronized (STEPS) {
            STEPS.add(step);
        }
    }

    private static void loop() {
        while (true) {
            LockSupport.parkNanos(LOOK_NANOS);
            try {
                lookAtAll();
            } catch (OutOfMemoryError _) {
                // the next time, then
            }
        }
    }

    private static void lookAtAll() {
        synchronized (STEPS) {
            STEPS.removeIf(ThreadedStep::isEnded);
            for (int i = 0; i < STEPS.size(); i++) {
                STEPS.get(i).look();
            }
        }
    }
}
