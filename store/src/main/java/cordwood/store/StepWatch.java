package cordwood.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Looks after all steps on virtual threads and their carriers, on one thread of the process. */
final class StepWatch {

    private static final long LOOK_NANOS = 500_000_000;

    // guarded by itself
    private static final List<ThreadedStep> STEPS = new ArrayList<>();

    private static final Carriers CARRIERS = new Carriers();

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
            try {
                lookAtAll();
                CARRIERS.complete();
            } catch (OutOfMemoryError _) {
                // the next time, then
            }
            LockSupport.parkNanos(LOOK_NANOS);
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
