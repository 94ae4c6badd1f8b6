package cordwood.bench.read;

import cordwood.bench.KeptProvider;
import cordwood.bench.measure.PageCache;
import cordwood.bench.read.ReadThroughputConfig.FollowedWriter;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;

/** Short runs in this process. */
final class TestReads {

    private TestReads() {}

    /** One scan; 50 records of ranges, of last ones, or of a writer that is followed. No floor. */
    static ReadThroughputConfig config(ReadKind kind, Path directory) {
        return config(kind, Order.FORWARD, 1, false, directory);
    }

    static ReadThroughputConfig config(
            ReadKind kind, Order order, int readers, boolean cold, Path directory) {
        return new ReadThroughputConfig(
                "kept",
                StoreOptions.in(directory),
                kind,
                5,
                order,
                readers,
                cold,
                kind == ReadKind.SCAN ? 0 : 50,
                Duration.ZERO,
                Duration.ZERO,
                new FollowedWriter(Durability.WRITTEN, 2, 0),
                7,
                Duration.ofSeconds(5),
                false,
                false);
    }

    static RunOutcome run(KeptProvider engine, ReadThroughputConfig config) {
        return run(engine, config, new PageCache());
    }

    static RunOutcome run(StoreProvider engine, ReadThroughputConfig config, PageCache cache) {
        return new ReadThroughputRun(engine, config, new RunControl(), cache, _ -> {}).execute();
    }
}
