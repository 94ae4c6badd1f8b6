package cordwood.bench.run;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.payload.PayloadSource;
import cordwood.loglet.LogletOffset;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One measured run of {@code write-throughput}, everything resolved.
 *
 * @param engine the engine's name
 * @param store where and how the engine opens
 * @param durability what each store must survive before it is acknowledged
 * @param payload where the records come from
 * @param recordCount records to write and measure, or 0 where {@code duration} ends the run
 * @param duration how long to write and measure, or zero where {@code recordCount} ends the run
 * @param warmupRecordCount records written before, not measured
 * @param warmupTime least time that the warm-up lasts, by writing more records
 * @param logletCount loglets written beside each other, 1 to {@link #LOGLETS_MAX}
 * @param inFlight stores under way per loglet, 1 to {@link #IN_FLIGHT_MAX}
 * @param reportInterval how often a progress line appears
 * @param measureFloor whether the disk alone is measured first
 * @param statistics whether the engine's own statistics are wanted at the end
 * @param bare whether the engine's bare loop is written instead of loglets
 * @param pattern where records go, how fast at most, and how many stay
 */
public record WriteThroughputConfig(
        String engine,
        StoreOptions store,
        Durability durability,
        PayloadSource payload,
        long recordCount,
        Duration duration,
        long warmupRecordCount,
        Duration warmupTime,
        int logletCount,
        int inFlight,
        Duration reportInterval,
        boolean measureFloor,
        boolean statistics,
        boolean bare,
        WritePattern pattern)
        implements RunConfig {

    /** Most loglets of one run. */
    public static final int LOGLETS_MAX = 1_024;

    /** Most stores under way per loglet. */
    public static final int IN_FLIGHT_MAX = 65_536;

    /** Shortest time between two progress lines. */
    public static final Duration REPORT_INTERVAL_MIN = Duration.ofMillis(100);

    /** Checks the ranges, and that a number of records is given or a duration, not both. */
    public WriteThroughputConfig {
        if (logletCount < 1 || logletCount > LOGLETS_MAX) {
            throw BenchException.usage(
                    "%d loglets is outside 1 to %d".formatted(logletCount, LOGLETS_MAX));
        }
        if (inFlight < 1 || inFlight > IN_FLIGHT_MAX) {
            throw BenchException.usage(
                    "%d stores in flight is outside 1 to %d".formatted(inFlight, IN_FLIGHT_MAX));
        }
        if (recordCount < 0
                || warmupRecordCount < 0
                || duration.isNegative()
                || warmupTime.isNegative()) {
            throw BenchException.usage("records, warm-up and duration cannot be negative");
        }
        if ((recordCount == 0) == duration.isZero()) {
            throw BenchException.usage("give the records to write or a duration, and not both");
        }
        if (reportInterval.compareTo(REPORT_INTERVAL_MIN) < 0) {
            throw BenchException.usage(
                    "a report interval under %d ms".formatted(REPORT_INTERVAL_MIN.toMillis()));
        }
        if (bare && (pattern.isOfStreams() || pattern.trimLagRecords() > 0)) {
            throw BenchException.usage("a bare loop writes one stream, and trims nothing");
        }
        long perLoglet = Math.ceilDiv(recordCount, logletCount) + warmupRecordCount;
        if (!pattern.isOfStreams() && perLoglet > LogletOffset.LAST) {
            throw BenchException.usage(
                    "%d records are more than %d loglets hold, %d each"
                            .formatted(recordCount, logletCount, LogletOffset.LAST));
        }
    }

    /** Heap the pool may take: a quarter of the budget, so that payload never dwarfs the store. */
    public long poolBytesMax() {
        return store.memoryBudgetBytes() / 4;
    }

    @Override
    public String command() {
        return "write-throughput";
    }

    @Override
    public boolean needsOwnDirectory() {
        return true;
    }

    @Override
    public JsonObject toJson() {
        return ConfigCodec.encode(this);
    }

    @Override
    public WriteThroughputConfig in(Path directory) {
        return new WriteThroughputConfig(
                engine,
                store.at(directory),
                durability,
                payload,
                recordCount,
                duration,
                warmupRecordCount,
                warmupTime,
                logletCount,
                inFlight,
                reportInterval,
                measureFloor,
                statistics,
                bare,
                pattern);
    }

    /** The same run by the engine's bare loop: one writer with one batch under way. */
    public WriteThroughputConfig asBare() {
        return new WriteThroughputConfig(
                engine,
                store,
                durability,
                payload,
                recordCount,
                duration,
                warmupRecordCount,
                warmupTime,
                1,
                1,
                reportInterval,
                measureFloor,
                statistics,
                true,
                pattern);
    }

    @Override
    public String label() {
        return bare ? engine + "-bare" : engine;
    }
}
