package cordwood.cli;

import cordwood.bench.plan.KeptDirectory;
import cordwood.bench.read.ReadKind;
import cordwood.bench.read.ReadThroughputConfig;
import cordwood.bench.read.ReadThroughputConfig.FollowedWriter;
import cordwood.store.Order;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Measures how fast a store gives back what a write-throughput run has left in it. */
@Command(
        name = "read-throughput",
        description = {
            "Read what write-throughput --dir has left in a store, by loglets or --num-streams, and measure",
            "throughput, latency of a read and block look-ups. Every record's place and bytes are compared",
            "with what was written; anything else ends the run. Closed loop.",
        },
        footer = {
            "",
            "Workloads: scan reads every stream from end to end, range --range records at a random place of a",
            "random stream, last the last --range records of one, follow what a writer adds meanwhile.",
            "Several stores lie in subdirectories of --dir: of an engine's name, or as write-throughput",
            "--retain-test-dir has made them."
        })
final class BenchReadThroughput implements Callable<Integer> {

    private static final long RANGE_DEFAULT = 100;

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final StoreFlags store = new StoreFlags();

    @Mixin private final RunFlags flags = new RunFlags();

    @Option(
            names = "--workload",
            paramLabel = "KIND",
            converter = Kind.class,
            description =
                    "scan, range, last or follow; default scan, and range where --range is given.")
    @Nullable ReadKind kind;

    @Option(
            names = "--range",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Records of a narrow read; default 100.")
    @Nullable Long rangeRecords;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            converter = Direction.class,
            description = "forward or backward; default ${DEFAULT-VALUE}.",
            defaultValue = "forward")
    Order order = Order.FORWARD;

    @Option(
            names = "--readers",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Threads that read beside each other; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int readers;

    @Option(
            names = "--cold",
            description =
                    "As root: open the store anew and drop the page cache before what is measured.")
    boolean cold;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            description = "How long to read first, not measured; default ${DEFAULT-VALUE}.",
            defaultValue = "3s")
    Duration warmup = Duration.ofSeconds(3);

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Batches that a followed writer has under way; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int inFlight;

    @Option(
            names = "--rate",
            paramLabel = "R",
            converter = Converters.Count.class,
            description = "Most records a second of a followed writer: a limit, closed loop.")
    @Nullable Long recordsPerSecond;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = BenchPayload.Seed.class,
            description = "Where places are drawn from; default 1.")
    @Nullable Long seed;

    BenchReadThroughput(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path directory = store.dir;
        if (directory == null) {
            throw new UsageException("--dir: say where write-throughput --dir left its store");
        }
        List<StoreProvider> engines = engines(directory);
        List<ReadThroughputConfig> runs = new ArrayList<>();
        for (StoreProvider engine : engines) {
            Path found = KeptDirectory.find(directory, engine.name(), engines.size() == 1);
            requireNoOther(engine, found);
            runs.add(config(engine, found));
        }
        runs.forEach(ReadThroughputConfig::requirePermitted);
        return flags.measure(session, invocation, runs, directory, false, seed());
    }

    /** Those asked for; where none was typed, the one whose store lies there. */
    private List<StoreProvider> engines(Path directory) {
        List<StoreProvider> there =
                Engines.all().values().stream().filter(one -> one.isStore(directory)).toList();
        return !invocation.isTyped("--store") && there.size() == 1 ? there : store.engines();
    }

    /** Refuses a directory where another engine has its store and this one has none. */
    private static void requireNoOther(StoreProvider engine, Path directory) {
        if (engine.isStore(directory)) {
            return;
        }
        Engines.all().values().stream()
                .filter(other -> other.isStore(directory))
                .findFirst()
                .ifPresent(other -> {
                    throw new UsageException(
                            "%s holds a store of %s, none of %s: say --store %s"
                                    .formatted(
                                            directory, other.name(), engine.name(), other.name()));
                });
    }

    private ReadThroughputConfig config(StoreProvider engine, Path directory) {
        StoreOptions options = store.options(engine, directory, session.configuration());
        engine.explain(options); // refuses options that do not fit
        ReadKind asked = kind();
        boolean takesCount = asked != ReadKind.SCAN || invocation.isTyped("--num-records");
        return new ReadThroughputConfig(
                engine.name(),
                options,
                asked,
                rangeRecords == null ? RANGE_DEFAULT : rangeRecords,
                order,
                readers,
                cold,
                takesCount ? flags.recordCount(invocation) : 0,
                flags.duration(invocation),
                warmup,
                new FollowedWriter(
                        store.durability,
                        inFlight,
                        recordsPerSecond == null ? 0 : recordsPerSecond),
                seed(),
                flags.reportInterval,
                !flags.skipFloor,
                flags.statistics);
    }

    private ReadKind kind() {
        ReadKind given = kind;
        if (given == null) {
            return rangeRecords == null ? ReadKind.SCAN : ReadKind.RANGE;
        }
        if (!given.isNarrow() && invocation.isTyped("--range")) {
            throw new UsageException(
                    "--range: it is of narrow reads: %s has none".formatted(given.key()));
        }
        return given;
    }

    private long seed() {
        return seed == null ? 1 : seed;
    }

    /** A workload by its name. */
    static final class Kind implements ITypeConverter<ReadKind> {
        @Override
        public ReadKind convert(String text) {
            for (ReadKind kind : ReadKind.values()) {
                if (kind.key().equals(text.strip())) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "'%s' is not a workload: write scan, range, last or follow".formatted(text));
        }
    }

    /** An order by its name. */
    static final class Direction implements ITypeConverter<Order> {
        @Override
        public Order convert(String text) {
            return switch (text.strip()) {
                case "forward" -> Order.FORWARD;
                case "backward" -> Order.BACKWARD;
                case String _ ->
                        throw new TypeConversionException(
                                "'%s' is not an order: write forward or backward".formatted(text));
            };
        }
    }
}
