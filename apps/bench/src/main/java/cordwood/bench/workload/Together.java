package cordwood.bench.workload;

import cordwood.bench.run.RunControl;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** Runs the clients of a phase beside each other, a thread each. */
public final class Together {

    private Together() {}

    /**
     * Returns when all have ended. What one throws ends the run; an interrupt of the calling thread
     * asks it to stop, and leaves no client behind.
     *
     * @param what the clients, in a word
     */
    public static void run(
            String what,
            List<? extends Runnable> clients,
            ThreadFactory threads,
            RunControl control) {
        CountDownLatch done = new CountDownLatch(clients.size());
        for (Runnable client : clients) {
            threads.newThread(
                            () -> {
                                try {
                                    client.run();
                                } catch (RuntimeException | Error e) {
                                    control.fail("a %s of the bench broke: %s".formatted(what, e));
                                } finally {
                                    done.countDown();
                                }
                            })
                    .start();
        }
        awaitQuietly(done, control);
    }

    private static void awaitQuietly(CountDownLatch done, RunControl control) {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
                control.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
