package cordwood.bench.run;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.DiskFloor;
import cordwood.bench.measure.JvmFigures;
import cordwood.bench.measure.ProcessFigures;
import cordwood.bench.measure.ProcessFigures.CpuTime;
import cordwood.bench.payload.PayloadPool;
import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.loglet.LogletOptions;
import cordwood.loglet.LogletServer;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code write-throughput} in this process: open, warm up, measure, flush, close.
 *
 * <p>Use once, from one thread; {@link RunControl#interrupt()} may come from any.
 */
public final class WriteThroughputRun {

    private final StoreProvider engine;
    private final WriteThroughputConfig config;
    private final RunControl control;
    private final InstantSource clock;
    private final Consumer<String> progress;

    /**
     * @param engine the engine that the configuration names
     * @param clock the time that records are stamped with
     * @param progress takes lines for people while it runs, on threads of the run's own
     */
    public WriteThroughputRun(
            StoreProvider engine,
            WriteThroughputConfig config,
            RunControl control,
            InstantSource clock,
            Consumer<String> progress) {
        this.engine = engine;
        this.config = config;
        this.control = control;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Runs to the end.
     *
     * @throws BenchException of kind usage when nothing was run, because of what was asked for
     */
    public RunOutcome execute() {
        Instant now = clock.instant();
        long createdAtNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        PayloadPool pool =
                PayloadPool.load(config.payload(), config.poolBytesMax(), createdAtNanos);
        boolean kept = holdsSomething(config.directory());
        try (StreamStore store = open()) {
            if (kept && !(store instanceof LocalStore)) {
                throw BenchException.usage(
                        "%s is not empty, and '%s' keeps nothing that could be continued"
                                .formatted(config.directory(), engine.name()));
            }
            return run(store, pool);
        } catch (StoreException e) {
            throw BenchException.failed(engine.name() + ": " + e.getMessage(), e);
        } catch (FileFailure e) {
            throw BenchException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean holdsSomething(Path directory) {
        try {
            return Files.exists(directory) && !Disk.real().list(directory).isEmpty();
        } catch (FileFailure e) {
            throw BenchException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private StreamStore open() {
        try {
            return engine.open(config.store());
        } catch (StoreException.Invalid | StoreException.Busy | FileFailure e) {
            throw BenchException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private RunOutcome run(StreamStore store, PayloadPool pool) {
        long slots = (long) config.logletCount() * config.inFlight();
        LogletOptions options =
                LogletOptions.DEFAULTS
                        .withDurability(config.durability())
                        .withInFlightBytesMax(
                                Math.max(64L << 20, 2 * slots * pool.batchHeapBytesMax()));
        try (LogletServer server = LogletServer.open(store, options)) {
            ClientGroup clients = new ClientGroup(server, config, pool, control);
            DiskFloor floor = config.measureFloor() ? measureFloor() : null;
            warmUp(store, clients);
            MeasuredRun measured = measure(store, clients, pool, floor);
            JsonObject run = RunReport.of(config, measured);
            return new RunOutcome(
                    run,
                    config.statistics() ? store.statistics() : "",
                    control.failure(),
                    control.isInterrupted());
        }
    }

    private @Nullable DiskFloor measureFloor() {
        if (control.isStopped()) {
            return null;
        }
        Disk.real().createDirectories(config.directory());
        return DiskFloor.measure(config.directory());
    }

    /** Leaves nothing of the warm-up in memory, so that the flushes measured are of what counts. */
    private void warmUp(StreamStore store, ClientGroup clients) {
        long begunNanos = System.nanoTime();
        clients.writeRecords(config.warmupRecordCount());
        clients.writeUntil(begunNanos + config.warmupTime().toNanos());
        flush(store);
    }

    private void flush(StreamStore store) {
        if (store instanceof LocalStore local && control.failure() == null) {
            local.flush();
        }
    }

    private MeasuredRun measure(
            StreamStore store, ClientGroup clients, PayloadPool pool, @Nullable DiskFloor floor) {
        ClientGroup.Written warm = clients.written();
        ProgressReporter.discard(clients);
        JvmFigures jvmBefore = JvmFigures.now();
        StoreMetrics before = store.metrics();
        CpuTime cpuBefore = ProcessFigures.cpuTime();
        long begunNanos = System.nanoTime();
        ProgressReporter reporter =
                new ProgressReporter(clients, store, config.reportInterval(), progress, begunNanos);
        long wallNanos;
        try (reporter) {
            if (config.recordCount() > 0) {
                clients.writeRecords(config.recordCount());
            } else {
                clients.writeUntil(begunNanos + config.duration().toNanos());
            }
            wallNanos = System.nanoTime() - begunNanos;
        }
        CpuTime cpu = ProcessFigures.cpuTime().since(cpuBefore);
        StoreMetrics after = store.metrics();
        JvmFigures jvm = JvmFigures.now();
        ProcessFigures.Residence residence = ProcessFigures.residence();
        ClientGroup.Written written = clients.written().since(warm);
        flush(store);
        return new MeasuredRun(
                pool.summary(),
                floor,
                clients.firstTail(),
                written,
                wallNanos,
                reporter.total(),
                cpu,
                jvm.since(jvmBefore),
                residence,
                before,
                after,
                store.metrics(),
                warm,
                DirectoryTree.fileBytes(config.directory()));
    }
}
