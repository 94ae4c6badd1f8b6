package cordwood.loglet;

import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures one producer's stores through submit and reply; to be run by hand, it is no test.
 *
 * <p>System properties: {@code store} (noop), {@code records} (10,000,000), {@code batch} (10),
 * {@code bytes} (512), {@code in-flight} (32), {@code durability} (WRITTEN), {@code rounds} (5),
 * {@code directory} for engines that need one.
 */
final class LogletThroughput {

    private static final NodeId SEQUENCER = new NodeId(1, 1);

    private final int batchRecords = Integer.getInteger("batch", 10);
    private final int inFlightMax = Integer.getInteger("in-flight", 32);
    private final List<List<LogRecord>> payloads = payloads();

    public static void main(String[] args) throws InterruptedException {
        String name = System.getProperty("store", "noop");
        StoreProvider provider =
                ServiceLoader.load(StoreProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(found -> found.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        Path directory = Path.of(System.getProperty("directory", "/tmp/loglet-throughput"));
        LogletOptions options =
                LogletOptions.DEFAULTS.withDurability(
                        Durability.valueOf(System.getProperty("durability", "WRITTEN")));
        LogletThroughput bench = new LogletThroughput();
        try (StreamStore store = provider.open(StoreOptions.in(directory));
                LogletServer server = LogletServer.open(store, options)) {
            for (int round = 1; round <= Integer.getInteger("rounds", 5); round++) {
                bench.round(round, server.worker(round), store);
            }
        }
    }

    private void round(int round, LogletWorker worker, StreamStore store)
            throws InterruptedException {
        long records = Long.getLong("records", 10_000_000L);
        long groupsBefore = store.metrics().value(Metric.COMMIT_GROUPS);
        long startNanos = System.nanoTime();
        Producer producer = new Producer(worker, records / batchRecords);
        Thread.ofVirtual().start(producer).join();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long groups = store.metrics().value(Metric.COMMIT_GROUPS) - groupsBefore;
        System.out.printf(
                "round %d: %,.0f records/s, %.2f s, %.1f batches a group%n",
                round,
                records / seconds,
                seconds,
                (double) records / batchRecords / Math.max(1, groups));
    }

    private List<List<LogRecord>> payloads() {
        SplittableRandom random = new SplittableRandom(1);
        List<List<LogRecord>> batches = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            List<LogRecord> batch = new ArrayList<>();
            for (int j = 0; j < batchRecords; j++) {
                byte[] body = new byte[Integer.getInteger("bytes", 512)];
                random.nextBytes(body);
                batch.add(new LogRecord(1, Keys.NONE, MemorySegment.ofArray(body)));
            }
            batches.add(List.copyOf(batch));
        }
        return batches;
    }

    /** Keeps so many stores in flight. */
    private final class Producer implements Runnable, ReplyTo {

        private final LogletWorker worker;
        private final long batchCount;
        private volatile long answered;
        private volatile boolean waiting;
        private volatile Thread thread = Thread.currentThread();

        Producer(LogletWorker worker, long batchCount) {
            this.worker = worker;
            this.batchCount = batchCount;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            long offset = LogletOffset.OLDEST;
            for (long sent = 0; sent < batchCount; sent++) {
                awaitAnswered(sent - inFlightMax + 1);
                RequestHeader header = new RequestHeader(worker.logletId(), offset);
                List<LogRecord> batch = payloads.get((int) (sent & 255));
                worker.submit(
                        SEQUENCER, new Request.Store(header, 0, 0, offset, SEQUENCER, batch), this);
                offset += batchRecords;
            }
            awaitAnswered(batchCount);
        }

        private void awaitAnswered(long count) {
            while (answered < count) {
                waiting = true;
                if (answered < count) {
                    LockSupport.park(this);
                }
                waiting = false;
            }
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the worker is the only writer
        public void reply(Response response) {
            if (response.header().status() != Status.OK) {
                throw new AssertionError(response.toString());
            }
            answered++;
            if (waiting) {
                waiting = false;
                LockSupport.unpark(thread);
            }
        }
    }
}
