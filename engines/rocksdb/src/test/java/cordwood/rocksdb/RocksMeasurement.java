package cordwood.rocksdb;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures the engine against the bare loop, one run per process: {@code bare | engine}, {@code
 * WRITTEN | DURABLE}, producers, batches in flight each, batches in all, directory.
 */
final class RocksMeasurement {

    private static final int RECORDS_PER_BATCH = 10;
    private static final int VALUE_BYTES = 512;

    private RocksMeasurement() {}

    public static void main(String[] args) throws Exception {
        Durability level = Durability.valueOf(args[1]);
        int producers = Integer.parseInt(args[2]);
        int inFlight = Integer.parseInt(args[3]);
        int batches = Integer.parseInt(args[4]);
        Path directory = Files.createTempDirectory(Path.of(args[5]), "rocksdb");
        StoreOptions options =
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, Map.of());
        try {
            String figures =
                    args[0].equals("bare")
                            ? bare(options, level, batches)
                            : engine(options, level, producers, inFlight, batches);
            System.out.printf(
                    "%-6s %-7s %dx%-2d %s%n", args[0], level, producers, inFlight, figures);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    private static String rate(long batches, long nanos) {
        return "%.3f M records/s".formatted(batches * RECORDS_PER_BATCH * 1e3 / nanos);
    }

    private static String bare(StoreOptions options, Durability level, int batches) {
        ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
        value.put(Fixtures.pattern(VALUE_BYTES).asByteBuffer()).flip();
        boolean sync = level == Durability.DURABLE;
        try (BareWriteLoop loop = BareWriteLoop.open(options)) {
            for (int i = 0; i < batches / 10; i++) {
                loop.write(RECORDS_PER_BATCH, value, sync);
            }
            long startNanos = System.nanoTime();
            for (int i = 0; i < batches; i++) {
                loop.write(RECORDS_PER_BATCH, value, sync);
            }
            return rate(batches, System.nanoTime() - startNanos);
        }
    }

    private static String engine(
            StoreOptions options, Durability level, int producers, int inFlight, int batches)
            throws InterruptedException {
        try (LocalStore store = (LocalStore) new RocksProvider().open(options)) {
            produce(store, level, producers, inFlight, batches / 10, 0);
            StoreMetrics before = store.metrics();
            long startNanos = System.nanoTime();
            produce(store, level, producers, inFlight, batches, batches);
            long nanos = System.nanoTime() - startNanos;
            StoreMetrics after = store.metrics();
            long groups = rise(before, after, Metric.COMMIT_GROUPS);
            return "%s, groups of %.1f, %,d syncs"
                    .formatted(
                            rate(batches, nanos),
                            (double) rise(before, after, Metric.COMMIT_BATCHES) / groups,
                            rise(before, after, Metric.WAL_SYNCS));
        }
    }

    private static long rise(StoreMetrics before, StoreMetrics after, Metric metric) {
        return after.value(metric) - before.value(metric);
    }

    private static void produce(
            LocalStore store,
            Durability level,
            int producers,
            int inFlight,
            int batches,
            long firstPosition)
            throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int producer = 0; producer < producers; producer++) {
            long stream = producer;
            threads.add(
                    Thread.ofVirtual()
                            .start(() ->
                                    produceOne(
                                            store,
                                            level,
                                            inFlight,
                                            batches / producers,
                                            stream,
                                            firstPosition)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void produceOne(
            LocalStore store,
            Durability level,
            int inFlight,
            int batches,
            long stream,
            long firstPosition) {
        MemorySegment value = Fixtures.pattern(VALUE_BYTES);
        WriteBatch[] ring = new WriteBatch[inFlight];
        Commit[] commits = new Commit[inFlight];
        long position = firstPosition * RECORDS_PER_BATCH;
        for (int i = 0; i < batches; i++) {
            int slot = i % inFlight;
            if (i < inFlight) {
                ring[slot] = store.newBatch();
            } else {
                commits[slot].await();
                ring[slot].clear();
            }
            for (int record = 0; record < RECORDS_PER_BATCH; record++) {
                ring[slot].put(Fixtures.SPACE, stream, position++, value);
            }
            commits[slot] = store.append(ring[slot], level);
        }
        for (int slot = 0; slot < Math.min(inFlight, batches); slot++) {
            commits[slot].await();
            ring[slot].close();
        }
    }
}
