package cordwood.bench.write;

import cordwood.baseline.ModelProvider;
import cordwood.baseline.NoopProvider;
import cordwood.baseline.RawFileProvider;
import cordwood.bench.payload.KeyStyle;
import cordwood.bench.payload.PayloadSource;
import cordwood.bench.payload.PayloadSpec;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WritePattern;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Short runs in this process. */
public final class TestRuns {

    private TestRuns() {}

    /** 1,005 records of 64 B in batches of 10, two loglets, three in flight; no floor. */
    public static WriteThroughputConfig config(String engine, Path directory) {
        return new WriteThroughputConfig(
                engine,
                StoreOptions.in(directory),
                Durability.DURABLE,
                new PayloadSource.Generated(new PayloadSpec(64, 1, KeyStyle.PAIR, 42, 10)),
                1_005,
                Duration.ZERO,
                100,
                Duration.ZERO,
                2,
                3,
                Duration.ofSeconds(5),
                false,
                false,
                false,
                WritePattern.LOGLETS);
    }

    static WriteThroughputConfig with(
            WriteThroughputConfig config, long recordCount, Duration duration, boolean floor) {
        return new WriteThroughputConfig(
                config.engine(),
                config.store(),
                config.durability(),
                config.payload(),
                recordCount,
                duration,
                config.warmupRecordCount(),
                Duration.ZERO,
                config.logletCount(),
                config.inFlight(),
                Duration.ofMillis(100),
                floor,
                true,
                config.bare(),
                config.pattern());
    }

    /** The same run with another pattern. */
    public static WriteThroughputConfig with(WriteThroughputConfig config, WritePattern pattern) {
        return new WriteThroughputConfig(
                config.engine(),
                config.store(),
                config.durability(),
                config.payload(),
                config.recordCount(),
                config.duration(),
                config.warmupRecordCount(),
                config.warmupTime(),
                config.logletCount(),
                config.inFlight(),
                config.reportInterval(),
                config.measureFloor(),
                config.statistics(),
                config.bare(),
                pattern);
    }

    /** The same run with other records. */
    public static WriteThroughputConfig withSeed(WriteThroughputConfig config, long seed) {
        return new WriteThroughputConfig(
                config.engine(),
                config.store(),
                config.durability(),
                new PayloadSource.Generated(new PayloadSpec(64, 1, KeyStyle.PAIR, seed, 10)),
                config.recordCount(),
                config.duration(),
                config.warmupRecordCount(),
                config.warmupTime(),
                config.logletCount(),
                config.inFlight(),
                config.reportInterval(),
                config.measureFloor(),
                config.statistics(),
                config.bare(),
                config.pattern());
    }

    /** Runs with a baseline engine. */
    public static RunOutcome run(WriteThroughputConfig config, RunControl control) {
        StoreProvider engine =
                switch (config.engine()) {
                    case "model" -> new ModelProvider();
                    case "noop" -> new NoopProvider();
                    default -> new RawFileProvider();
                };
        return run(engine, config, control, new ArrayList<>());
    }

    /** Runs with an engine. */
    public static RunOutcome run(
            StoreProvider engine,
            WriteThroughputConfig config,
            RunControl control,
            List<String> lines) {
        return new WriteThroughputRun(
                        engine,
                        config,
                        control,
                        InstantSource.system(),
                        line -> {
                            synchronized (lines) {
                                lines.add(line);
                            }
                        })
                .execute();
    }
}
