package cordwood.cli;

import cordwood.bench.alloc.AllocConfig;
import cordwood.bench.alloc.AllocPlan;
import cordwood.bench.alloc.AllocRequest;
import cordwood.bench.alloc.Fault;
import cordwood.bench.plan.MeasuringJvm;
import cordwood.bench.report.AllocGates;
import cordwood.bench.run.RunControl;
import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorModes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures allocators side by side. */
@Command(
        name = "alloc",
        description = {
            "Measure allocators side by side: each thread keeps --lifetime cells alive, and frees the",
            "oldest before it allocates the next, or hands it to another thread that frees it.",
            "The allocators take short turns on the same threads; half of each is timed call by call.",
            "Closed loop."
        },
        footer = {
            "",
            "Allocators: small_pool with a local pool per producer, small_pool-claimed without; system and",
            "mimalloc behind handles and a budget, as stores use them; system-bare and mimalloc-bare called",
            "directly with the critical linker option; arena (Arena.ofConfined), netty-pooled, netty-adaptive.",
            "",
            "--gate holds small_pool against the others that are measured. Freed where they were allocated:",
            "cells/s at least 1.2 x system, 0.65 x mimalloc, 5 x arena, 2 x netty-pooled. Freed by others:",
            "p99 of an allocation at most 0.7 x system's, p999 at most 0.8 x; cells/s at least 0.8 x mimalloc's,",
            "p999 at most mimalloc's. Always: resident memory within 10 %% of its level, and the two bounds;",
            "with a core for each thread p9999 of an allocation at most 1 ms."
        })
final class BenchAlloc implements Callable<Integer> {

    private static final String TARGET = "allocator";

    /** The heap does not move, so that resident memory shows what the allocators do. */
    private static final List<String> JVM_FLAGS =
            List.of(
                    "-Xms256m",
                    "-Xmx256m",
                    "-XX:+AlwaysPreTouch",
                    "-Dio.netty.leakDetection.level=disabled");

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "What is measured: ${DEFAULT-VALUE}, the only one yet.",
            defaultValue = TARGET)
    String target = TARGET;

    @Option(
            names = "--sizes",
            paramLabel = "RANGE|FILE",
            description =
                    "Bytes of a cell: drawn evenly from a range, or the lines of a file in turn; default ${DEFAULT-VALUE}.",
            defaultValue = "16-256")
    String sizes = "16-256";

    @Option(
            names = "--lifetime",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description =
                    "Allocations of its thread that a cell lives for; default ${DEFAULT-VALUE}.",
            defaultValue = "1024")
    int lifetime;

    @Option(
            names = "--remote-share",
            paramLabel = "SHARE",
            converter = Converters.Fraction.class,
            description =
                    "Share of the cells, 0 to 1, that another thread frees; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    double remoteShare;

    @Option(
            names = "--readers",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description =
                    "Threads that read cells under an epoch's pin; with any, cells are retired instead of freed; default ${DEFAULT-VALUE}.",
            defaultValue = "0")
    long readers;

    @Option(
            names = "--pin-ms",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description = "How long a reader stays pinned; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    long pinMillis;

    @Option(
            names = "--burst",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Cells freed, and then allocated, in a row; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    int burst;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description =
                    "Threads that allocate, each with another that frees where --remote-share is not 0; default half the cores.")
    @Nullable Integer concurrency;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "How long each allocator is measured in each repeat; default ${DEFAULT-VALUE}.",
            defaultValue = "2")
    double seconds;

    @Option(
            names = "--warmup-seconds",
            paramLabel = "N",
            description = "The same before, not measured; default ${DEFAULT-VALUE}.",
            defaultValue = "2")
    double warmupSeconds;

    @Option(
            names = "--allocator",
            split = ",",
            paramLabel = "LIST",
            description = "What is measured, see below; default all that can do it.")
    String @Nullable [] allocators;

    @Option(
            names = "--shards",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description =
                    "Parts of the allocator that threads use at a time; default one per core.")
    @Nullable Long shardCount;

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most memory each of the modes may hold; default ${DEFAULT-VALUE}.",
            defaultValue = "1GiB")
    long memoryBudgetBytes;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description =
                    "Measure this often, each time in a JVM of its own; default ${DEFAULT-VALUE}.",
            defaultValue = "5")
    int repeatCount;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to a file.")
    @Nullable Path resultFile;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Where sizes are drawn from; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    long seed;

    @Option(
            names = "--gate",
            description = "Exit with 3 when small_pool does not keep what is promised: see below.")
    boolean gate;

    @Option(
            names = "--gate-deferred",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description =
                    "Exit with 3 when more cells are freed and not taken in; with --gate default 100000, with readers 1000000.")
    @Nullable Long gateDeferred;

    @Option(
            names = "--gate-contention",
            paramLabel = "PCT",
            description =
                    "Exit with 3 when more percent of the allocations take over 1 µs, beyond what the empty operation shows; with --gate default 1.")
    @Nullable Double gateContention;

    @Option(names = "--slice-ms", hidden = true, description = "How long a slice is.")
    long sliceMillis = 50;

    @Option(names = "--fault", hidden = true, description = "What is wrong on purpose.")
    String fault = "none";

    BenchAlloc(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (!target.equals(TARGET)) {
            throw new UsageException(
                    "--target: '%s' is not a target: write %s".formatted(target, TARGET));
        }
        RunControl control = new RunControl();
        session.interruption().onRequest(control::interrupt);
        Consumer<String> progress = invocation.progress(session);
        List<String> command =
                FreshJvm.command(JVM_FLAGS, List.of("bench", BenchMeasureAlloc.NAME));
        AllocRequest request =
                new AllocRequest(
                        config(),
                        repeatCount,
                        gates(),
                        resultFile,
                        invocation.commandLine(),
                        command.stream().filter(FreshJvm::isFlag).toList());
        AllocPlan plan =
                new AllocPlan(
                        request,
                        new MeasuringJvm(command, progress),
                        control,
                        InstantSource.system(),
                        session.out()::println,
                        progress);
        return switch (plan.execute()) {
            case DONE -> ExitCode.DONE;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case FELL_SHORT -> {
                plan.shortfalls()
                        .forEach(gate ->
                                session.err()
                                        .println(
                                                "cordwood: fell short: %s is %s, and should be %s"
                                                        .formatted(
                                                                gate.gate(),
                                                                gate.measured(),
                                                                gate.bound())));
                yield ExitCode.FELL_SHORT;
            }
            case FAILED -> {
                session.err().println("cordwood: " + plan.failure());
                yield ExitCode.FAILED;
            }
        };
    }

    private AllocConfig config() {
        Map<String, String> options = allocatorOptions();
        AllocConfig config =
                new AllocConfig(
                        allocators(),
                        options,
                        shards(),
                        memoryBudgetBytes,
                        sizes,
                        lifetime,
                        remoteShare,
                        (int) Math.min(readers, Integer.MAX_VALUE),
                        Duration.ofMillis(Math.min(pinMillis, 3_600_000)),
                        burst,
                        producers(),
                        duration("--seconds", seconds),
                        duration("--warmup-seconds", warmupSeconds),
                        Duration.ofMillis(sliceMillis),
                        seed,
                        Fault.named(fault));
        config.allocators().forEach(name -> AllocConfig.requireKnown(name, options));
        return config;
    }

    private List<String> allocators() {
        String[] given = allocators;
        return given == null
                ? AllocConfig.allAllocators(remoteShare, (int) Math.min(readers, 1))
                : AllocConfig.canonical(List.of(given));
    }

    private int producers() {
        Integer given = concurrency;
        return given == null ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : given;
    }

    private static Duration duration(String flag, double given) {
        if (!(given >= 0 && given <= AllocConfig.MEASURED_MAX.toSeconds())) {
            throw new UsageException(
                    "%s: %s is outside 0 to %d"
                            .formatted(flag, given, AllocConfig.MEASURED_MAX.toSeconds()));
        }
        return Duration.ofMillis(Math.round(given * 1e3));
    }

    private AllocGates gates() {
        Long deferred = gateDeferred;
        Double contention = gateContention;
        if (contention != null && !(contention >= 0 && contention <= 100)) {
            throw new UsageException(
                    "--gate-contention: %s is outside 0 to 100 percent".formatted(contention));
        }
        return new AllocGates(
                gate,
                deferred != null
                        ? OptionalLong.of(deferred)
                        : gate
                                ? OptionalLong.of(AllocGates.deferredDefault(readers > 0))
                                : OptionalLong.empty(),
                contention != null
                        ? OptionalDouble.of(contention)
                        : gate
                                ? OptionalDouble.of(AllocGates.CONTENTION_DEFAULT)
                                : OptionalDouble.empty());
    }

    private int shards() {
        return AllocatorFlags.shards(shardCount);
    }

    /** Of all modes: each takes its own. */
    private Map<String, String> allocatorOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        for (AllocatorMode mode : AllocatorModes.all()) {
            options.putAll(AllocatorFlags.options(mode, session.configuration()));
        }
        return options;
    }
}
