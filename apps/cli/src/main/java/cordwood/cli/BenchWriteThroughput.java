package cordwood.cli;

import cordwood.bench.payload.PayloadPool;
import cordwood.bench.payload.PayloadSource;
import cordwood.bench.run.WritePattern;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.store.BareLoop;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how fast loglets on a store take batches of records. */
@Command(
        name = "write-throughput",
        description = {
            "Write batches of records into loglets, or into many streams of the store directly, and measure",
            "throughput and latency. Closed loop: each loglet has --in-flight requests under way and sends the next when the oldest is answered."
        })
final class BenchWriteThroughput implements Callable<Integer> {

    /** What is warmed up is code, which a fast store has not seen enough of in the records. */
    private static final Duration WARMUP_TIME = Duration.ofSeconds(1);

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final StoreFlags store = new StoreFlags();

    @Mixin private final BenchPayload payload = new BenchPayload();

    @Mixin private final RunFlags flags = new RunFlags();

    @Option(
            names = "--num-loglets",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Loglets written beside each other; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int logletCount;

    @Option(
            names = "--num-streams",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = {
                "Write this many streams of the store directly, instead of loglets:",
                "each record of a batch goes to another one."
            })
    @Nullable Integer streamCount;

    @Option(
            names = "--skew",
            paramLabel = "S",
            description = {
                "Which of the streams a record goes to: 0 for each in turn, else by Zipf's law, whose",
                "exponent this is; default ${DEFAULT-VALUE}."
            },
            defaultValue = "0")
    double skew;

    @Option(
            names = "--rate",
            paramLabel = "R",
            converter = Converters.Count.class,
            description = {
                "Most records a second. A limit, still a closed loop: what a slow store delays is not",
                "made up for."
            })
    @Nullable Long recordsPerSecond;

    @Option(
            names = "--trim-lag",
            paramLabel = "N",
            converter = Converters.Count.class,
            description =
                    "Trim each stream N records behind its tail, every quarter of N; default never.")
    @Nullable Long trimLagRecords;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description =
                    "Requests under way per loglet, or batches over all streams; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int inFlight;

    @Option(
            names = "--warmup-records",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description =
                    "Records written first and not measured; default ${DEFAULT-VALUE}, and for at least 1 s.",
            defaultValue = "50000")
    long warmupRecordCount;

    @Option(
            names = "--payload-file",
            paramLabel = "FILE",
            description = "Take the records from a file of generate-payload.")
    @Nullable Path payloadFile;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Take the record bodies from the lines of a log file.")
    @Nullable Path input;

    @Option(names = "--retain-test-dir", description = "Keep the directories made for the runs.")
    boolean retainDirectories;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            converter = Converters.CountFromZero.class,
            description = "Accepted; metrics are not served yet.")
    @Nullable Long metricsPort;

    @Option(
            names = "--bare",
            description =
                    "Measure beside it what RocksDB does in a bare loop: one thread, no loglets, no commits.")
    boolean bare;

    BenchWriteThroughput(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        warn();
        PayloadSource source = source();
        // everything that can be refused is refused before a process is started
        PayloadPool.load(source, 1, 0);
        List<WriteThroughputConfig> runs = new ArrayList<>();
        for (StoreProvider engine : store.engines()) {
            WriteThroughputConfig run = config(engine, source);
            runs.add(run);
            if (bare && engine instanceof BareLoop.Engine) {
                runs.add(run.asBare());
            }
        }
        if (bare && runs.stream().noneMatch(WriteThroughputConfig::bare)) {
            throw new UsageException("--bare: no store chosen has a bare loop; rocksdb has");
        }
        return flags.measure(
                session, invocation, runs, store.dir, retainDirectories, payload.seed());
    }

    private WriteThroughputConfig config(StoreProvider engine, PayloadSource source) {
        StoreOptions options = store.options(engine, Path.of(""), session.configuration());
        engine.explain(options); // refuses options that do not fit
        return new WriteThroughputConfig(
                engine.name(),
                options,
                store.durability,
                source,
                flags.recordCount(invocation),
                flags.duration(invocation),
                warmupRecordCount,
                invocation.isTyped("--warmup-records") ? Duration.ZERO : WARMUP_TIME,
                logletCount,
                inFlight,
                flags.reportInterval,
                !flags.skipFloor,
                flags.statistics,
                false,
                pattern());
    }

    private WritePattern pattern() {
        Integer streams = streamCount;
        if (streams == null && invocation.isTyped("--skew")) {
            throw new UsageException("--skew: it is of streams: give --num-streams, too");
        }
        if (streams != null && invocation.isTyped("--num-loglets")) {
            throw new UsageException("give --num-loglets or --num-streams, not both");
        }
        return new WritePattern(
                streams == null ? 0 : streams,
                streams == null ? 0 : skew,
                recordsPerSecond == null ? 0 : recordsPerSecond,
                trimLagRecords == null ? 0 : trimLagRecords);
    }

    private PayloadSource source() {
        if (payloadFile != null && input != null) {
            throw new UsageException("give --payload-file or --input, not both");
        }
        if (payloadFile != null) {
            return new PayloadSource.FromFile(payloadFile, payload.recordsPerBatch);
        }
        if (input != null) {
            return new PayloadSource.FromLines(
                    input, payload.recordsPerBatch, payload.keyStyle, payload.seed());
        }
        return new PayloadSource.Generated(payload.spec());
    }

    private void warn() {
        String source = payloadFile != null ? "--payload-file" : "--input";
        List<String> ignored =
                BenchPayload.NAMES.stream()
                        .filter(invocation::isTyped)
                        .filter(name ->
                                payloadFile != null || (input != null && !appliesToInput(name)))
                        .toList();
        if (!ignored.isEmpty()) {
            session.err()
                    .println(
                            "cordwood: warning: %s decides, and %s %s ignored"
                                    .formatted(
                                            source,
                                            String.join(", ", ignored),
                                            ignored.size() == 1 ? "is" : "are"));
        }
        if (metricsPort != null && metricsPort != 0) {
            session.err().println("cordwood: warning: --metrics-port: metrics are not served yet");
        }
    }

    private static boolean appliesToInput(String name) {
        return name.equals("--key-style") || name.equals("--seed");
    }
}
