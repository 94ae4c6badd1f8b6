package cordwood.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells now and then how far something has come that takes long; of what is short, nothing. */
final class LongWork {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String> told;
    private long lastNanos = System.nanoTime();

    /** Begins now. */
    LongWork(Consumer<String> told) {
        this.told = told;
    }

    /**
     * For work that says itself how far it is: tells, unless it was told less than a second ago.
     */
    synchronized void at(Supplier<String> progress) {
        long nanos = System.nanoTime();
        if (nanos - lastNanos >= INTERVAL_NANOS) {
            lastNanos = nanos;
            told.accept(progress.get());
        }
    }

    /**
     * For work that says nothing: looks every second until it ends.
     *
     * @param progress called on another thread; what it throws is not told
     */
    void watch(Supplier<String> progress, Runnable work) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread watching =
                Thread.ofPlatform()
                        .daemon()
                        .name("progress")
                        .start(() -> lookUntil(ended, progress));
        try {
            work.run();
        } finally {
            ended.countDown();
            awaitEnd(watching);
        }
    }

    private void lookUntil(CountDownLatch ended, Supplier<String> progress) {
        try {
            while (!ended.await(INTERVAL_NANOS, TimeUnit.NANOSECONDS)) {
                told.accept(progress.get());
            }
        } catch (InterruptedException | RuntimeException _) {
            // then nobody is told
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
