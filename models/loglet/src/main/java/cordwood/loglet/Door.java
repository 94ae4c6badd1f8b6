package cordwood.loglet;

/**
 * What lets requests in. Each kind has a bound of its own, so that none keeps another out: stores,
 * reads, those who wait for a tail, and all the others. Thread-safe.
 */
final class Door {

    /** Most reads that nobody has looked at yet or that run. */
    private static final long READS_MAX = 1 << 16;

    /** Most seals, trims and questions. */
    private static final long OTHERS_MAX = 1 << 16;

    private final ByteBudget stores;
    private final ByteBudget reads = new ByteBudget(READS_MAX * Task.REQUEST_BYTES);
    private final ByteBudget waiters;
    private final ByteBudget others = new ByteBudget(OTHERS_MAX * Task.REQUEST_BYTES);

    Door(LogletOptions options) {
        this.stores = new ByteBudget(options.inFlightBytesMax());
        this.waiters = new ByteBudget(options.tailWaitersMax() * Task.WAITER_BYTES);
    }

    /** Lets a task in if there is room for its kind. */
    boolean tryEnter(Task task) {
        return budget(task.request).tryAcquire(task.chargedBytes);
    }

    /** Lets a task out that was let in. */
    void leave(Task task) {
        budget(task.request).release(task.chargedBytes);
    }

    private ByteBudget budget(Request request) {
        return switch (request) {
            case Request.Store _ -> stores;
            case Request.GetRecords _, Request.GetDigest _ -> reads;
            case Request.WaitForTail _ -> waiters;
            case Request.Release _, Request.Seal _, Request.GetLogletInfo _, Request.Trim _ ->
                    others;
        };
    }

    /** Bytes of everything inside. */
    long usedBytes() {
        return stores.usedBytes() + reads.usedBytes() + waiters.usedBytes() + others.usedBytes();
    }
}
