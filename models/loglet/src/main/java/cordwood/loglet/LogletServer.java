package cordwood.loglet;

import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Loglets on a store: opens a worker for each, and closes them together. Thread-safe. */
public final class LogletServer implements AutoCloseable {

    private final StreamStore store;
    private final LogletOptions options;
    private final ConcurrentHashMap<Long, LogletWorker> workers = new ConcurrentHashMap<>();
    private final ServerParts parts;
    private final LogletClock clock;
    private boolean isClosing; // guarded by this

    private LogletServer(StreamStore store, LogletOptions options) {
        this.store = store;
        this.options = options;
        WriteTurns turns = new WriteTurns(this::hurry);
        this.parts =
                new ServerParts(
                        new Door(options), new ReaderPool(options), new BatchPool(store), turns);
        this.clock = new LogletClock(workers.values(), turns, options);
    }

    private void hurry() {
        clock.hurry();
    }

    /**
     * Starts serving loglets from a store. The caller closes the server, and afterwards the store.
     */
    public static LogletServer open(StreamStore store, LogletOptions options) {
        Replies.rehearse();
        LogletServer server = new LogletServer(store, options);
        server.clock.start();
        return server;
    }

    /**
     * The loglet's worker, the same one each time. The first time its state is read from the store.
     *
     * @throws StoreException.Closed after {@link #close}
     */
    public LogletWorker worker(long logletId) {
        LogletWorker worker = workers.get(logletId);
        return worker == null ? open(logletId) : worker;
    }

    private synchronized LogletWorker open(long logletId) {
        if (isClosing) {
            throw new StoreException.Closed("the loglet server is closed");
        }
        return workers.computeIfAbsent(
                logletId,
                id -> new LogletWorker(LogletState.load(store, id), store, options, parts));
    }

    /** What the loglets opened so far have done. */
    public LogletMetrics metrics() {
        Map<StoreLabel, LogletMetrics.Count> stores = new EnumMap<>(StoreLabel.class);
        for (StoreLabel label : StoreLabel.values()) {
            stores.put(
                    label,
                    workers.values().stream()
                            .map(worker -> worker.count(label))
                            .reduce(new LogletMetrics.Count(0, 0, 0), LogletMetrics.Count::plus));
        }
        return new LogletMetrics(Map.copyOf(stores));
    }

    /** Bytes of requests accepted and not yet answered, those that wait included. */
    public long inFlightBytes() {
        return parts.door().usedBytes();
    }

    /** Most bytes that answers of reads under way hold, or have taken room for. */
    public long inFlightReadBytes() {
        return parts.readers().usedBytes();
    }

    /** Most bytes of memory that batches hold while they wait for their next use. */
    public long idleBatchBytes() {
        return parts.batches().idleBytes();
    }

    /**
     * Answers everything that was accepted, writes down the known global tails, and stops. Requests
     * that come later, and those that wait for a tail, are answered {@link Status#DISABLED}; those
     * for which the store has no room {@link Status#DROPPED}. Idempotent. Must not be called while
     * a reply is taken.
     */
    @Override
    public void close() {
        beginClose();
        workers.values().forEach(LogletWorker::awaitClosed);
        clock.close();
        parts.readers().close();
        parts.batches().close();
    }

    /** Refuses what comes from now on. {@link #close} waits for the rest. */
    synchronized void beginClose() {
        if (!isClosing) {
            isClosing = true;
            workers.values().forEach(LogletWorker::beginClose);
        }
    }
}
