package cordwood.loglet;

import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Loglets on a store: opens a worker for each, and closes them together. Thread-safe. */
public final class LogletServer implements AutoCloseable {

    private final StreamStore store;
    private final LogletOptions options;
    private final ByteBudget inFlight;
    private final ReaderPool readers;
    private final ConcurrentHashMap<Long, LogletWorker> workers = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private LogletServer(StreamStore store, LogletOptions options) {
        this.store = store;
        this.options = options;
        this.inFlight = new ByteBudget(options.inFlightBytesMax());
        this.readers = new ReaderPool(options);
    }

    /**
     * Starts serving loglets from a store. The caller closes the server, and afterwards the store.
     */
    public static LogletServer open(StreamStore store, LogletOptions options) {
        LogletServer server = new LogletServer(store, options);
        Thread.ofVirtual().name("loglet-persist").start(server::persistGlobalTails);
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
        if (closing.getCount() == 0) {
            throw new StoreException.Closed("the loglet server is closed");
        }
        return workers.computeIfAbsent(
                logletId,
                id ->
                        new LogletWorker(
                                LogletState.load(store, id), store, options, inFlight, readers));
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

    /** Bytes of requests accepted and not yet answered. */
    public long inFlightBytes() {
        return inFlight.usedBytes();
    }

    private void persistGlobalTails() {
        try {
            while (!closing.await(
                    options.globalTailPersistInterval().toNanos(), TimeUnit.NANOSECONDS)) {
                workers.values().forEach(LogletWorker::persistGlobalTail);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Answers everything that was accepted, writes down the known global tails, and stops. Requests
     * that come later, and those that wait for a tail, are answered {@link Status#DISABLED}.
     * Idempotent. Must not be called while a reply is taken.
     */
    @Override
    public void close() {
        beginClose();
        workers.values().forEach(LogletWorker::awaitClosed);
        readers.close();
    }

    /** Refuses what comes from now on. {@link #close} waits for the rest. */
    synchronized void beginClose() {
        if (closing.getCount() > 0) {
            closing.countDown();
            workers.values().forEach(LogletWorker::beginClose);
        }
    }
}
