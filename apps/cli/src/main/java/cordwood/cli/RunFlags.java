package cordwood.cli;

import cordwood.bench.plan.BenchPlan;
import cordwood.bench.plan.PlanRequest;
import cordwood.bench.plan.ProcessLauncher;
import cordwood.bench.run.RunConfig;
import cordwood.bench.run.RunControl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of every measurement of stores, and how it is made. */
final class RunFlags {

    @Option(
            names = "--num-records",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Records to write or read; default 1000000 where no duration is given.")
    @Nullable Long recordCount;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long to write or read, instead of --num-records.")
    @Nullable Duration duration;

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

    @Option(
            names = "--skip-floor",
            hidden = true,
            description = "Do not measure the machine alone.")
    boolean skipFloor;

    private static final long RECORDS_DEFAULT = 1_000_000;

    /** Records that end the run, or 0 where time does. */
    long recordCount(Invocation invocation) {
        Long given = recordCount;
        return endsByTime(invocation) ? 0 : given == null ? RECORDS_DEFAULT : given;
    }

    /** Time that ends the run, or zero where records do. */
    Duration duration(Invocation invocation) {
        Duration given = duration;
        return endsByTime(invocation) && given != null ? given : Duration.ZERO;
    }

    /** A flag wins over a configured default of the other kind. */
    private boolean endsByTime(Invocation invocation) {
        if (duration == null || recordCount == null) {
            return duration != null;
        }
        boolean recordsTyped = invocation.isTyped("--num-records");
        if (recordsTyped == invocation.isTyped("--duration")) {
            throw new UsageException("give --num-records or --duration, not both");
        }
        return !recordsTyped;
    }

    /** Makes the runs, each in a JVM of its own, prints what came out, and gives the exit code. */
    int measure(
            Session session,
            Invocation invocation,
            List<? extends RunConfig> runs,
            @Nullable Path directory,
            boolean retainDirectories,
            long seed) {
        RunControl control = new RunControl();
        session.interruption().onRequest(control::interrupt);
        Consumer<String> progress = invocation.progress(session);
        List<String> command = FreshJvm.command(measureArguments(invocation.globals()));
        PlanRequest request =
                new PlanRequest(
                        runs,
                        repeatCount,
                        directory,
                        retainDirectories,
                        resultFile,
                        invocation.commandLine(),
                        command.stream().skip(1).filter(FreshJvm::isFlag).toList(),
                        seed);
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

    /** The global flags mean the same to a measuring process. */
    private static List<String> measureArguments(Cordwood globals) {
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
