package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage is one line saying what, where and what to do, and exit 2. */
final class UsageTest {

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "explain --stor x | unknown option '--stor': did you mean '--store'?",
                "explain --stor=x | unknown option '--stor': did you mean '--store'?",
                "explane | unknown command 'explane': did you mean 'explain'?",
                "zzz | unknown command 'zzz': known are: bench, compact, dump, explain, restore, snapshot, trim, verify (see 'cordwood --help')",
                "explain surplus | unexpected argument 'surplus'",
                "explain --memory-budget | missing required parameter for option '--memory-budget'",
                "explain --memory-budget 12parsecs | --memory-budget: '12parsecs' is not a size: write bytes, or",
                "explain --memory-budget 1.5 | not a whole number of bytes",
                "explain --durability foo | --durability: 'foo' is not a durability: write buffered, written or durable",
                "explain --store nosuch | no store named 'nosuch'",
                "explain --allocator nosuch | --allocator: no allocator named 'nosuch': known are mimalloc, small_pool (sharded), system (default)",
                "explain --shards many | --shards: 'many' is not a whole number",
                "explain --shards 1025 | --shards: 1025 is outside 0 to 1024",
                "bench write-throughput --allocator nosuch | --allocator: no allocator named 'nosuch'",
                "bench crash --allocator nosuch | --allocator: no allocator named 'nosuch'",
                "explain --log-filter loud | --log-filter: 'loud' is no level: write error",
                "-c nosuch.toml explain | configuration file nosuch.toml does not exist: name another with -c",
                "explain -c nosuch.toml | configuration file nosuch.toml does not exist",
                "`` | missing required subcommand (see 'cordwood --help')",
            })
    void wrongFlagsAreOneLineAndExitTwo(String args, String complaint) {
        assertComplaint(run(Map.of(), args.isEmpty() ? new String[0] : args.split(" ")), complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[store]#memory-bugdet = 1 | 2:1: unknown key 'memory-bugdet' in [store]: did you mean 'memory-budget'?",
                "[stroe] | 1:1: unknown section [stroe]: did you mean 'store'?",
                "[store]#memory-budget = true | 2:1: 'memory-budget' must be a text or a number",
                "[store]#memory-budget = '7 apples' | 2:1: memory-budget: '7 apples' is not a size",
                "[memory]#shard = 1 | 2:1: unknown key 'shard' in [memory]: did you mean 'shards'?",
                "[memory]#shards = 'x' | 2:1: shards: 'x' is not a whole number",
                "[store]#allocator = 'system' | 2:1: unknown key 'allocator' in [store]",
                "[store]#store = [1] | 2:1: 'store' must be a list of texts",
                "[store]#store = [ | 2:10: not TOML",
                "[store]##  durability = 'strong' | 3:3: durability: 'strong' is not a durability",
                "dir = 'x' | 1:1: key 'dir' stands outside a section: put it under one, such as [store]",
            })
    void aWrongFileIsOneLineNamingThePlace(String toml, String complaint) throws Exception {
        Path file = directory.resolve("cordwood.toml");
        Files.writeString(file, toml.replace('#', '\n'));

        assertComplaint(run(Map.of(), "explain"), file + ":" + complaint);
        assertComplaint(run(Map.of("CORDWOOD_CONFIG_FILE", file.toString()), "explain"), complaint);
    }

    @Test
    void helpWorksBesideABrokenFile() throws Exception {
        Files.writeString(directory.resolve("cordwood.toml"), "[");

        CommandLineRun run = run(Map.of(), "explain", "--help");

        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).startsWith("Usage: cordwood explain");
    }

    @Test
    void wrongEnvironmentIsNamed() {
        assertComplaint(
                run(Map.of("CORDWOOD_MEMORY_BUGDET", "1GiB"), "explain"),
                "environment: unknown variable CORDWOOD_MEMORY_BUGDET: did you mean 'CORDWOOD_MEMORY_BUDGET'?");
        assertComplaint(
                run(Map.of("CORDWOOD_MEMORY_BUDGET", "much"), "explain"),
                "CORDWOOD_MEMORY_BUDGET: memory-budget: 'much' is not a size");
    }

    @Test
    void aWrongFlagIsNotBlamedOnTheFileItOverrides() throws Exception {
        Files.writeString(directory.resolve("cordwood.toml"), "[store]\nmemory-budget = 'x'\n");

        assertComplaint(
                run(Map.of(), "explain", "--memory-budget=y"), "cordwood: --memory-budget: 'y'");
    }

    private CommandLineRun run(Map<String, String> environment, String... args) {
        return CommandLineRun.of(directory, environment, args);
    }

    private static void assertComplaint(CommandLineRun run, String complaint) {
        assertThat(run.err()).startsWith("cordwood: ").contains(complaint).hasLineCount(1);
        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
    }
}
