package cordwood.bench.read;

import cordwood.bench.BenchException;
import cordwood.bench.measure.CpuFloor;
import cordwood.bench.measure.PageCache;
import cordwood.bench.measure.ReadFloor;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.workload.Measurement;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.StoreOpening;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code read-throughput} in this process: look at what the store holds, warm up,
 * measure. A cold run closes the store behind the warm-up, which is for the code then, drops the
 * page cache and opens it again; any other has the page cache hold the store's files before.
 *
 * <p>Use once, from one thread; {@link RunControl#interrupt()} may come from any.
 */
public final class ReadThroughputRun {

    private final StoreProvider engine;
    private final ReadThroughputConfig config;
    private final RunControl control;
    private final PageCache cache;
    private final Consumer<String> progress;
    private @Nullable Inventory held;

    /**
     * @param engine the engine that the configuration names
     * @param progress takes lines for people while it runs, on threads of the run's own
     */
    public ReadThroughputRun(
            StoreProvider engine,
            ReadThroughputConfig config,
            RunControl control,
            Consumer<String> progress) {
        this(engine, config, control, new PageCache(), progress);
    }

    ReadThroughputRun(
            StoreProvider engine,
            ReadThroughputConfig config,
            RunControl control,
            PageCache cache,
            Consumer<String> progress) {
        this.engine = engine;
        this.config = config;
        this.control = control;
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * Runs to the end.
     *
     * @throws BenchException of kind usage when nothing was run, because of what was asked for; of
     *     kind failed when less is there than was acknowledged
     */
    public RunOutcome execute() {
        Path directory = config.directory();
        if (!StoreOpening.holdsSomething(directory)) {
            throw BenchException.usage(
                    "%s holds no store: write one there with write-throughput --dir"
                            .formatted(directory));
        }
        if (config.cold()) {
            cache.requireDroppable();
        }
        return StoreOpening.failingAs(engine, this::run);
    }

    private RunOutcome run() {
        ReadFloors floors = config.measureFloor() ? floors() : ReadFloors.NONE;
        if (!config.cold()) {
            PageCache.fill(config.directory()); // before it is opened: a lock ends with any close
        }
        ReadWorkload workload = open();
        try {
            workload.run(Phase.until(System.nanoTime() + config.warmupTime().toNanos()));
            if (config.cold()) {
                workload.close();
                cache.drop(config.directory());
                workload = open();
            }
            return measure(workload, floors);
        } finally {
            workload.close();
        }
    }

    private ReadFloors floors() {
        return new ReadFloors(
                CpuFloor.measure(),
                config.cold() ? ReadFloor.measure(config.directory(), cache) : null);
    }

    private ReadWorkload open() {
        StreamStore store = StoreOpening.open(engine, config.store());
        boolean ready = false;
        try {
            Inventory there = held;
            if (there == null) {
                there = Inventory.of(store, config.directory(), control, progress);
                held = there;
            }
            ReadWorkload workload =
                    config.kind() == ReadKind.FOLLOW
                            ? new FollowReads(store, config, there, control)
                            : new StoredReads(store, config, there, control);
            ready = true;
            return workload;
        } finally {
            if (!ready) {
                store.close();
            }
        }
    }

    private RunOutcome measure(ReadWorkload workload, ReadFloors floors) {
        Measurement measured =
                Measurement.of(
                        workload,
                        config.reportInterval(),
                        progress,
                        begunNanos -> workload.run(phase(begunNanos)));
        return new RunOutcome(
                ReadReport.of(
                        config,
                        Objects.requireNonNull(held),
                        floors,
                        measured,
                        workload.operations(),
                        engine.allocatesCells()),
                config.statistics() ? workload.statistics() : "",
                control.failure(),
                control.isInterrupted());
    }

    private Phase phase(long begunNanos) {
        if (config.isTimed()) {
            return Phase.until(begunNanos + config.duration().toNanos());
        }
        return Phase.ofRecords(
                config.kind() == ReadKind.SCAN ? Long.MAX_VALUE : config.recordCount());
    }
}
