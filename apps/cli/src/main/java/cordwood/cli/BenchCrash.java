package cordwood.cli;

import cordwood.bench.crash.Aftermath;
import cordwood.bench.crash.CrashBench;
import cordwood.bench.crash.CrashReport;
import cordwood.bench.crash.LoopDevice;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Kills a writing process over and over, and compares what is found with what was promised. */
@Command(
        name = "crash",
        description = {
            "Kill a writing process (SIGKILL) over and over; after each kill reopen the store and",
            "compare it with what had been acknowledged, and announced. A kill leaves the operating",
            "system: WRITTEN is tried by SIGKILL, DURABLE is not, but with --device.",
            "Exit 1 on any broken promise."
        })
final class BenchCrash implements Callable<Integer> {

    private static final long DEVICE_BYTES = 1L << 30;

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final StoreFlags flags = new StoreFlags();

    @Option(
            names = "--cycles",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Kills that must count; default ${DEFAULT-VALUE}.",
            defaultValue = "20")
    int cycleCount;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Repeat another run's values and kill times; default random, and printed.")
    @Nullable Long seed;

    @Option(names = "--retain-test-dir", description = "Keep the directories made for the runs.")
    boolean retainDirectories;

    @Option(
            names = "--device",
            description = {
                "As root: try DURABLE, on ext4 over a loop device of its own, whose backing file is",
                "copied at each kill and opened instead. What was not synced is missing then."
            })
    boolean onDevice;

    BenchCrash(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<StoreProvider> engines = flags.engines();
        engines.forEach(BenchCrash::refuseForgetful);
        engines.forEach(this::refuseUnfit);
        if (onDevice) {
            LoopDevice.requireUsable();
        }
        boolean kept = true;
        for (StoreProvider engine : engines) {
            kept &= run(engine);
        }
        return kept ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void refuseForgetful(StoreProvider engine) {
        String reason =
                switch (engine.name()) {
                    case "model" -> "keeps nothing on disk";
                    case "noop" -> "stores nothing";
                    case "rawfile" -> "is never read back";
                    default -> null;
                };
        if (reason != null) {
            throw new UsageException(
                    "--store %s %s: a kill would prove nothing".formatted(engine.name(), reason));
        }
    }

    private void refuseUnfit(StoreProvider engine) {
        StoreOptions options = flags.options(engine, base(), session.configuration());
        options.refuseBeyondMachine();
        engine.explain(options); // refuses options that do not fit
    }

    private boolean run(StoreProvider engine) {
        try (TrialDirectory directory =
                TrialDirectory.create(
                        base(), "crash-" + engine.name() + "-", retainDirectories, session.out())) {
            return onDevice
                    ? runOnDevice(engine, directory)
                    : run(engine, directory, directory.path(), Aftermath.NONE);
        }
    }

    private boolean runOnDevice(StoreProvider engine, TrialDirectory directory) {
        try (LoopDevice device = LoopDevice.create(directory.path(), DEVICE_BYTES)) {
            return run(engine, directory, device.directory().resolve("store"), device);
        }
    }

    private boolean run(
            StoreProvider engine, TrialDirectory directory, Path data, Aftermath aftermath) {
        CrashReport report = crash(engine, data, aftermath);
        print(report);
        if (!report.violations().isEmpty()) {
            directory.keep();
        }
        return report.violations().isEmpty() && report.failure() == null;
    }

    private CrashReport crash(StoreProvider engine, Path data, Aftermath aftermath) {
        StoreOptions options = flags.options(engine, data, session.configuration());
        Long given = seed;
        long own = given == null ? new SplittableRandom(System.nanoTime()).nextLong() >>> 1 : given;
        return new CrashBench(
                        engine,
                        options,
                        round -> FreshJvm.command(writerArguments(engine, options, own, round)),
                        aftermath,
                        own,
                        session.interruption()::requested,
                        invocation.progress(session))
                .run(cycleCount);
    }

    private Path base() {
        return flags.dir == null ? Path.of(System.getProperty("java.io.tmpdir")) : flags.dir;
    }

    private List<String> writerArguments(
            StoreProvider engine, StoreOptions options, long seedInForce, long round) {
        Cordwood globals = invocation.globals();
        List<String> arguments = new ArrayList<>(List.of("--quiet"));
        if (globals.configFile != null) {
            arguments.addAll(List.of("--config-file", globals.configFile.toString()));
        }
        arguments.addAll(
                List.of(
                        "bench",
                        BenchCrashWriter.NAME,
                        "--store=" + engine.name(),
                        "--dir=" + options.directory(),
                        "--memory-budget=" + options.memoryBudgetBytes(),
                        "--allocator=" + options.allocator().mode(),
                        "--shards=" + options.allocator().shards(),
                        "--seed=" + seedInForce,
                        "--round=" + round));
        return arguments;
    }

    private void print(CrashReport report) {
        line("store", report.store());
        line(
                "tried",
                report.survivor() == Durability.DURABLE
                        ? "DURABLE by SIGKILL and the loss of what was not synced"
                        : "WRITTEN by SIGKILL; DURABLE not tried");
        line("seed", Long.toString(report.seed()));
        line("kills that count", "%,d of %,d asked for".formatted(report.cycles(), cycleCount));
        line(
                "kills before %d receipts".formatted(CrashBench.RECEIPTS_PER_CYCLE_MIN),
                "%,d".formatted(report.voidCycles()));
        line("kills while opening", "%,d".formatted(report.startKills()));
        line("receipts, written", "%,d".formatted(report.written()));
        line("receipts, durable", "%,d".formatted(report.durable()));
        line("receipts, trims", "%,d".formatted(report.trims()));
        line("records compared", "%,d".formatted(report.recordsCompared()));
        line("records found beyond receipts", "%,d".formatted(report.surplusRecords()));
        line("longest reopen", "%,d ms".formatted(report.openMillisMax()));
        if (report.failure() != null) {
            line("ended early", report.failure());
        }
        line("broken promises", "%,d".formatted(report.violations().size()));
        report.violations().forEach(violation -> session.out().println("  " + violation));
        session.out().println();
    }

    private void line(String what, String value) {
        session.out().printf("%-30s %s%n", what, value);
    }
}
