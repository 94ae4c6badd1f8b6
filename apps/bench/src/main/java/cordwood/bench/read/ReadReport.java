package cordwood.bench.read;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.CpuFloor;
import cordwood.bench.measure.ReadFloor;
import cordwood.bench.workload.Measurement;
import cordwood.bench.workload.RunSections;
import cordwood.store.Metric;
import org.jspecify.annotations.Nullable;

/** Puts what a run of {@code read-throughput} observed into an element of {@code runs}. */
final class ReadReport {

    private static final String STORES_NOTHING = "NONE";

    private ReadReport() {}

    /**
     * One run.
     *
     * @param held what there was to read
     * @param operations what was done besides
     * @param allocatesCells whether the run used the allocator that was chosen
     */
    static JsonObject of(
            ReadThroughputConfig config,
            Inventory held,
            ReadFloors floors,
            Measurement measured,
            JsonObject operations,
            boolean allocatesCells) {
        String durability =
                config.kind() == ReadKind.FOLLOW
                        ? RunSections.shown(config.writer().durability(), measured).name()
                        : STORES_NOTHING;
        JsonObject run =
                RunSections.identity(config, allocatesCells, durability, config(config, held));
        RunSections.work(run, measured, operations)
                .put("io", io(measured, floors.disk()))
                .put("engine", RunSections.engine(measured.before(), measured.after()))
                .put("read", read(measured));
        CpuFloor processor = floors.processor();
        run.object("cpu").put("floor_step_ns", processor == null ? null : processor.stepNanos());
        return run;
    }

    private static JsonObject config(ReadThroughputConfig config, Inventory held) {
        return config.toJson()
                .put("held_streams", held.readable().size())
                .put("held_records", held.recordCount());
    }

    private static JsonObject io(Measurement measured, @Nullable ReadFloor floor) {
        return RunSections.io(measured.before(), measured.after())
                .put("write_amplification", null)
                .put("space_amplification", null)
                .put("floor_write_mb_per_second", null)
                .put("floor_sync_us", null)
                .put("floor_read_mb_per_second", floor == null ? null : floor.readMbPerSecond())
                .put("floor_read_us", floor == null ? null : floor.readMicros());
    }

    private static JsonObject read(Measurement measured) {
        double reads = measured.tally().batchCount();
        boolean tellsLookups = measured.after().reports(Metric.BLOCK_CACHE_HITS);
        long lookups =
                measured.risen(Metric.BLOCK_CACHE_HITS) + measured.risen(Metric.BLOCK_CACHE_MISSES);
        return new JsonObject()
                .put("records_per_read", measured.tally().recordCount() / reads)
                .put("block_lookups_per_read", tellsLookups ? lookups / reads : null)
                .put(
                        "block_misses_per_read",
                        tellsLookups ? measured.risen(Metric.BLOCK_CACHE_MISSES) / reads : null);
    }
}
