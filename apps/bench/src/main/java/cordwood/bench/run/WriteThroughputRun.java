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
import cordwood.store.BareLoop;
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
import java.util.function.Supplier;
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
        try (WriteTarget target = config.bare() ? bare(pool, kept) : loglets(pool, kept)) {
            return run(target, pool);
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

    private WriteTarget loglets(PayloadPool pool, boolean kept) {
        StreamStore store = opened(() -> engine.open(config.store()));
        boolean ready = false;
        try {
            if (kept && !(store instanceof LocalStore)) {
                throw BenchException.usage(
                        "%s is not empty, and '%s' keeps nothing that could be continued"
                                .formatted(config.directory(), engine.name()));
            }
            WriteTarget target = new LogletTarget(store, config, pool, control);
            ready = true;
            return target;
        } finally {
            if (!ready) {
                store.close();
            }
        }
    }

    private WriteTarget bare(PayloadPool pool, boolean kept) {
        if (kept) {
            throw BenchException.usage(
                    "%s is not empty, and a bare loop continues nothing"
                            .formatted(config.directory()));
        }
        if (!(engine instanceof BareLoop.Engine barely)) {
            throw BenchException.usage("'%s' has no bare loop".formatted(engine.name()));
        }
        BareLoop loop = opened(() -> barely.openBare(config.store()));
        return new BareTarget(loop, config.durability(), pool, control);
    }

    private static <T> T opened(Supplier<T> opening) {
        try {
            return opening.get();
        } catch (StoreException.Invalid | StoreException.Busy | FileFailure e) {
            throw BenchException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private RunOutcome run(WriteTarget target, PayloadPool pool) {
        DiskFloor floor = config.measureFloor() ? measureFloor() : null;
        warmUp(target);
        MeasuredRun measured = measure(target, pool, floor);
        JsonObject run = RunReport.of(config, measured, engine.allocatesCells() && !config.bare());
        return new RunOutcome(
                run,
                config.statistics() ? target.statistics() : "",
                control.failure(),
                control.isInterrupted());
    }

    private @Nullable DiskFloor measureFloor() {
        if (control.isStopped()) {
            return null;
        }
        Disk.real().createDirectories(config.directory());
        return DiskFloor.measure(config.directory());
    }

    /**
     * Leaves nothing of the warm-up in memory or in tables that are still to be merged, so that the
     * flushes and compactions measured are of what counts.
     */
    private void warmUp(WriteTarget target) {
        long begunNanos = System.nanoTime();
        target.writeRecords(config.warmupRecordCount());
        target.writeUntil(begunNanos + config.warmupTime().toNanos());
        if (!control.isStopped()) {
            target.compact();
        }
    }

    private MeasuredRun measure(WriteTarget target, PayloadPool pool, @Nullable DiskFloor floor) {
        Written warm = target.written();
        ProgressReporter.discard(target);
        JvmFigures jvmBefore = JvmFigures.now();
        StoreMetrics before = target.metrics();
        Long kernelBefore = ProcessFigures.writtenBytes();
        CpuTime cpuBefore = ProcessFigures.cpuTime();
        long begunNanos = System.nanoTime();
        ProgressReporter reporter =
                new ProgressReporter(target, config.reportInterval(), progress, begunNanos);
        long wallNanos;
        try (reporter) {
            if (config.recordCount() > 0) {
                target.writeRecords(config.recordCount());
            } else {
                target.writeUntil(begunNanos + config.duration().toNanos());
            }
            wallNanos = System.nanoTime() - begunNanos;
        }
        CpuTime cpu = ProcessFigures.cpuTime().since(cpuBefore);
        StoreMetrics after = target.metrics();
        JvmFigures jvm = JvmFigures.now();
        ProcessFigures.Residence residence = ProcessFigures.residence();
        Written written = target.written().since(warm);
        target.flush();
        FinishedWork.await(target, control);
        Long kernelBytes = ProcessFigures.writtenBytes();
        return new MeasuredRun(
                pool.summary(),
                floor,
                target.firstTail(),
                written,
                wallNanos,
                reporter.total(),
                cpu,
                jvm.since(jvmBefore),
                residence,
                before,
                after,
                target.metrics(),
                warm,
                kernelBefore == null || kernelBytes == null ? null : kernelBytes - kernelBefore,
                DirectoryTree.fileBytes(config.directory()));
    }
}
