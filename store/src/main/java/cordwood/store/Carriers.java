package cordwood.store;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.management.VirtualThreadSchedulerMXBean;

/** Keeps the scheduler of virtual threads at all the carriers it may have. */
final class Carriers {

    /*
     * A scheduler that wants one carrier more has taken a task from a queue before; where there is no
     * heap for the carrier, the task is lost, and so is the carrier that took it, with all that was
     * queued for it. A scheduler that has all of them wants none. It lets them go after half a
     * minute without work.
     */
    private static final long MEETING_NANOS = 1_000_000;

    private final VirtualThreadSchedulerMXBean scheduler =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    /**
     * Has those started that are missing.
     *
     * @throws OutOfMemoryError when there is too little heap for one
     */
    void complete() {
        int count = scheduler.getParallelism();
        if (scheduler.getPoolSize() >= count) {
            return;
        }
        AtomicInteger present = new AtomicInteger();
        Runnable attend = () -> attend(present, count);
        for (int i = 0; i < count; i++) {
            Thread.ofVirtual().name("store-carrier").start(attend);
        }
    }

    /** Keeps a carrier busy until all are, or an instant has passed. */
    private static void attend(AtomicInteger present, int count) {
        present.incrementAndGet();
        long startNanos = System.nanoTime();
        while (present.get() < count && System.nanoTime() - startNanos < MEETING_NANOS) {
            Thread.onSpinWait();
        }
    }
}
