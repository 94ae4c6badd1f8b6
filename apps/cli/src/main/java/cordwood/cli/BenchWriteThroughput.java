package cordwood.cli;

import cordwood.bench.payload.PayloadPool;
import cordwood.bench.payload.PayloadSource;
import cordwood.bench.plan.BenchPlan;
import cordwood.bench.plan.PlanRequest;
import cordwood.bench.plan.ProcessLauncher;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.store.BareLoop;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how fast loglets on a store take batches of records. */
@Command(
        name = "write-throughput",
        description = {
            "Write batches of records into loglets and measure throughput and latency.",
            "Closed loop: each loglet has --in-flight requests under way and sends the next when the oldest is answered."
        })
final class BenchWriteThroughput implements Callable<Integer> {

    private static final long RECORDS_DEFAULT = 1_000_000;

    /** What is warmed up is code, which a fast store has not seen enough of in the records. */
    private static final Duration WARMUP_TIME = Duration.ofSeconds(1);

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final StoreFlags store = new StoreFlags();

    @Mixin private final BenchPayload payload = new BenchPayload();

    @Option(
            names = "--num-records",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Records to write; default 1000000 where no duration is given.")
    @Nullable Long recordCount;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long to write, instead of --num-records.")
    @Nullable Duration duration;

    @Option(
            names = "--num-loglets",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Loglets written beside each other; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int logletCount;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Store requests under way per loglet; default ${DEFAULT-VALUE}.",
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

    @Option(
            names = "--repeat",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Measure each store this often, interleaved; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int repeatCount;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to a file.")
    @Nullable Path resultFile;

    @Option(
            names = "--report-interval",
            paramLabel = "TIME",
            description = "Time between progress lines; default ${DEFAULT-VALUE}.",
            defaultValue = "5s")
    Duration reportInterval = Duration.ofSeconds(5);

    @Option(
            names = "--raw-rocksdb-stats",
            description = "Print the engine's own statistics at the end.")
    boolean statistics;

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

    @Option(names = "--skip-floor", hidden = true, description = "Do not measure the disk alone.")
    boolean skipFloor;

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
        RunControl control = new RunControl();
        session.interruption().onRequest(control::interrupt);
        Consumer<String> progress = invocation.progress(session);
        List<String> command = FreshJvm.command(measureArguments());
        PlanRequest request =
                new PlanRequest(
                        runs,
                        repeatCount,
                        store.dir,
                        retainDirectories,
                        resultFile,
                        invocation.commandLine(),
                        command.stream().skip(1).filter(FreshJvm::isFlag).toList(),
                        payload.seed());
        BenchPlan plan =
                new BenchPlan(
                        request,
                        new ProcessLauncher(command, progress),
                        control,
                        InstantSource.system(),
                        session.out()::println,
                        progress);
        return switch (plan.execute()) {
            case DONE -> ExitCode.DONE;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case FAILED -> {
                session.err().println("cordwood: " + plan.failure());
                yield ExitCode.FAILED;
            }
        };
    }

    private WriteThroughputConfig config(StoreProvider engine, PayloadSource source) {
        StoreOptions options = store.options(engine, Path.of(""), session.configuration());
        engine.explain(options); // refuses options that do not fit
        boolean timed = endsByTime();
        Long given = recordCount;
        return new WriteThroughputConfig(
                engine.name(),
                options,
                store.durability,
                source,
                timed ? 0 : given == null ? RECORDS_DEFAULT : given,
                timed && duration != null ? duration : Duration.ZERO,
                warmupRecordCount,
                invocation.isTyped("--warmup-records") ? Duration.ZERO : WARMUP_TIME,
                logletCount,
                inFlight,
                reportInterval,
                !skipFloor,
                statistics,
                false);
    }

    /** A flag wins over a configured default of the other kind. */
    private boolean endsByTime() {
        if (duration == null || recordCount == null) {
            return duration != null;
        }
        boolean recordsTyped = invocation.isTyped("--num-records");
        if (recordsTyped == invocation.isTyped("--duration")) {
            throw new UsageException("give --num-records or --duration, not both");
        }
        return !recordsTyped;
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

    /** The global flags mean the same to a measuring process. */
    private List<String> measureArguments() {
        Cordwood globals = invocation.globals();
        List<String> arguments = new ArrayList<>();
        if (globals.configFile != null) {
            arguments.addAll(List.of("--config-file", globals.configFile.toString()));
        }
        for (boolean _ : globals.verbose) {
            arguments.add("--verbose");
        }
        if (globals.quiet) {
            arguments.add("--quiet");
        }
        if (globals.logFilter != null) {
            arguments.addAll(List.of("--log-filter", globals.logFilter));
        }
        arguments.addAll(List.of("bench", BenchMeasure.NAME));
        return arguments;
    }
}
