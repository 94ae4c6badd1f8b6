package cordwood.loglet;

import cordwood.store.ThreadEnd;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets time pass for the loglets of a server, on a platform thread of its own: tells workers the
 * time, lets global tails be written down, and has those tried again that found no room in the
 * store, which tells nobody when there is some. Thread-safe.
 */
final class LogletClock implements AutoCloseable {

    private static final long TICK_NANOS = 100_000_000;
    private static final long ROOM_TICK_NANOS = 2_000_000;

    private final Collection<LogletWorker> workers;
    private final WriteTurns turns;
    private final InstantSource clock;
    private final long persistNanos;
    private final Thread thread;
    private volatile boolean stopping;

    // confined to the thread
    private long tickedNanos = System.nanoTime();
    private long persistedNanos = tickedNanos;

    /**
     * @param workers those there are at any moment
     */
    LogletClock(Collection<LogletWorker> workers, WriteTurns turns, LogletOptions options) {
        this.workers = workers;
        this.turns = turns;
        this.clock = options.clock();
        this.persistNanos = options.globalTailPersistInterval().toNanos();
        this.thread = Thread.ofPlatform().daemon().name("loglet-clock").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Somebody waits for room. */
    void hurry() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopping) {
            LockSupport.parkNanos(
                    turns.isEmpty() ? Math.min(TICK_NANOS, persistNanos) : ROOM_TICK_NANOS);
            Thread.interrupted(); // nobody is to hear of it, and parking would not wait
            try {
                tick(System.nanoTime());
            } catch (Throwable e) { // the next tick is soon
                Report.clockFailed(e);
            }
        }
    }

    private void tick(long nanos) {
        turns.wakeFirst();
        if (nanos - tickedNanos >= TICK_NANOS) {
            tickedNanos = nanos;
            long millis = clock.millis();
            workers.forEach(worker -> worker.timeIs(millis));
        }
        if (nanos - persistedNanos >= persistNanos) {
            persistedNanos = nanos;
            workers.forEach(LogletWorker::persistGlobalTail);
        }
    }

    /** Ends the thread and waits for that. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        ThreadEnd.await(thread);
    }
}
