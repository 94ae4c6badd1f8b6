package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: command line, measuring process, allocators, gates, result file. */
final class BenchAllocTest {

    @TempDir Path directory;

    @Test
    void everyAllocatorIsMeasuredAndTheResultCompared() throws Exception {
        Path result = directory.resolve("result.json");
        CommandLineRun run =
                bench(
                        "--remote-share=0",
                        "--gate-deferred=100000",
                        "--gate-contention=50",
                        "--json=" + result);

        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("small_pool-claimed", "system-bare", "mimalloc-bare", "arena")
                .contains("netty-pooled", "netty-adaptive", "(empty operation)", "holds")
                .contains(
                        "gates: deferred cells at most 100,000; allocations over 1 µs at most 50 %");
        assertThat(Files.readString(result))
                .contains("\"command\" : \"alloc\"", "\"gates\"", "\"rss_over_time\"")
                .contains("-Xmx256m");

        CommandLineRun compared = command("bench", "compare", result.toString(), result.toString());
        assertThat(compared.exit()).as(compared.err()).isEqualTo(ExitCode.DONE);
        assertThat(compared.out()).contains("mimalloc-bare");
    }

    @Test
    void faultsTurnTheGateRed() {
        CommandLineRun late = bench("--allocator=small_pool", "--gate", "--fault=late_drain");
        assertThat(late.exit()).as(late.err()).isEqualTo(ExitCode.FELL_SHORT);
        assertThat(late.err()).contains("cordwood: fell short: deferred cells is ");

        CommandLineRun locked =
                bench("--allocator=small_pool", "--gate", "--fault=lock", "--concurrency=2");
        assertThat(locked.exit()).as(locked.err()).isEqualTo(ExitCode.FELL_SHORT);
        assertThat(locked.err())
                .contains("cordwood: fell short: allocations over 1 µs, percent is ");
    }

    @Test
    void aliasesAndTheSectionMemoryChooseAllocatorsToo() throws Exception {
        Files.writeString(
                directory.resolve("cordwood.toml"),
                "[memory]\nallocator = 'sharded,default'\nshards = 1\n");
        CommandLineRun run = bench();

        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains(
                        "| small_pool ", "| system ", "| shard_count            |             1 |")
                .doesNotContain("system-bare", "mimalloc");
    }

    @Test
    void anAllocationThatIsRefusedFailsTheRun() {
        CommandLineRun run =
                bench("--allocator=small_pool", "--memory-budget=2MiB", "--lifetime=1000000");

        assertThat(run.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("cordwood: an allocation was refused");
    }

    private CommandLineRun bench(String... flags) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "bench",
                                "alloc",
                                "--repeat=1",
                                "--seconds=0.1",
                                "--warmup-seconds=0.1",
                                "--slice-ms=10"));
        args.addAll(List.of(flags));
        return command(args.toArray(String[]::new));
    }

    private CommandLineRun command(String... args) {
        return CommandLineRun.of(directory, Map.of(), args);
    }
}
