package cordwood.bench.write;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.DiskFloor;
import cordwood.bench.measure.ProcessFigures;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.DirectoryTree;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.FinishedWork;
import cordwood.bench.workload.Measurement;
import cordwood.bench.workload.StoreNote;
import cordwood.bench.workload.StoreOpening;
import cordwood.bench.workload.Tally;
import cordwood.files.Disk;
import cordwood.store.BareLoop;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
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
        return StoreOpening.failingAs(
                engine,
                () -> {
                    try (WriteTarget target = config.bare() ? bare(pool) : throughStore(pool)) {
                        return run(target, pool);
                    }
                });
    }

    private WriteTarget throughStore(PayloadPool pool) {
        StreamStore store = StoreOpening.open(engine, config.store());
        boolean ready = false;
        try {
            WriteTarget target =
                    StoreTarget.of(store, config, StoreNote.of(config, pool), pool, control);
            ready = true;
            return target;
        } finally {
            if (!ready) {
                store.close();
            }
        }
    }

    private WriteTarget bare(PayloadPool pool) {
        if (StoreOpening.holdsSomething(config.directory())) {
            throw BenchException.usage(
                    "%s is not empty, and a bare loop continues nothing"
                            .formatted(config.directory()));
        }
        if (!(engine instanceof BareLoop.Engine barely)) {
            throw BenchException.usage("'%s' has no bare loop".formatted(engine.name()));
        }
        BareLoop loop = StoreOpening.orRefusal(() -> barely.openBare(config.store()));
        return new BareTarget(loop, config, pool, control);
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
        Tally warm = target.tally();
        Long kernelBefore = ProcessFigures.writtenBytes();
        Measurement measured =
                Measurement.of(
                        target,
                        config.reportInterval(),
                        progress,
                        begunNanos -> {
                            if (config.recordCount() > 0) {
                                target.writeRecords(config.recordCount());
                            } else {
                                target.writeUntil(begunNanos + config.duration().toNanos());
                            }
                        });
        target.flush();
        FinishedWork.await(target, control);
        Long kernelBytes = ProcessFigures.writtenBytes();
        return new MeasuredRun(
                pool.summary(),
                floor,
                target.firstTail(),
                measured,
                target.metrics(),
                warm,
                kernelBefore == null || kernelBytes == null ? null : kernelBytes - kernelBefore,
                DirectoryTree.fileBytes(config.directory()));
    }
}
