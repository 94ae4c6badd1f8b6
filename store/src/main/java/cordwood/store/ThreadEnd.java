package cordwood.store;

/** For stores, their engines and benches: waits for threads that were told to end. Thread-safe. */
public final class ThreadEnd {

    private ThreadEnd() {}

    /** Returns once the thread has ended. An interrupt does not end the wait; it is kept. */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            } catch (OutOfMemoryError _) {
                HeapPause.take(); // what the thread leaves behind is waited for
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
