package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.pool.AllocatorModes;
import cordwood.store.AllocatorChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of an allocator on its way from flag, environment or file to a result. */
final class AllocatorFlagsTest {

    @TempDir Path directory;

    @Test
    void defaultIsTheSmallPoolWithAShardPerCore() {
        assertThat(AllocatorModes.DEFAULT).isEqualTo(AllocatorChoice.MODE_DEFAULT);
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(explained(Map.of()))
                .containsPattern("allocator +small_pool +default")
                .containsPattern("shards +" + cores + " +default")
                .contains("allocator: small_pool: slabs of cells")
                .contains("; no store chosen uses it");
    }

    @ParameterizedTest
    @CsvSource({
        "sharded, small_pool, slabs of cells",
        "default, system, malloc and free of the C library",
        "mimalloc, mimalloc, 'mimalloc 3.5.0, bundled'"
    })
    void aliasesResolveAndExplainSaysWhatWorks(String given, String mode, String what) {
        assertThat(explained(Map.of(), "--allocator", given, "--shards", "3"))
                .containsPattern("allocator +" + mode + " +--allocator")
                .containsPattern("shards +3 +--shards")
                .contains("allocator: " + mode + ": " + what);
    }

    @Test
    void keysStandInTheMemorySectionAndTheEnvironmentIsOverThem() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("cordwood.toml"),
                        "[memory]\nallocator = 'mimalloc'\nshards = 5\nmimalloc-library = 'bundled'\n");
        assertThat(explained(Map.of()))
                .containsPattern("allocator +mimalloc +" + file + ":2:1")
                .containsPattern("shards +5 +" + file + ":3:1")
                .containsPattern("mimalloc-library +bundled +" + file + ":4:1");
        assertThat(explained(Map.of("CORDWOOD_ALLOCATOR", "system", "CORDWOOD_SHARDS", "0")))
                .containsPattern("allocator +system +CORDWOOD_ALLOCATOR")
                .containsPattern("shards +0 +CORDWOOD_SHARDS");
    }

    @Test
    void libraryThatIsNotThereIsWrongUsage() {
        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of("CORDWOOD_MEMORY_MIMALLOC_LIBRARY", "/no/such/lib.so"),
                        "explain",
                        "--store",
                        "model",
                        "--allocator",
                        "mimalloc");
        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("cordwood: --allocator mimalloc: ")
                .contains("/no/such/lib.so")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_pool", "system", "mimalloc"})
    void benchRunsOnEveryAllocatorAndItsResultSaysWhich(String mode) throws Exception {
        Path result = directory.resolve("result.json");
        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of(),
                        "bench",
                        "write-throughput",
                        "--store=rocksdb,noop",
                        "--allocator=" + mode,
                        "--shards=3",
                        "--num-records=1000",
                        "--warmup-records=0",
                        "--payload-size=100",
                        "--durability=buffered",
                        "--skip-floor",
                        "--json=" + result);
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(result))
                .containsOnlyOnce("\"allocator\" : \"engine\"") // noop's run
                .contains("\"allocator\" : \"%s\"".formatted(mode), "\"shards\" : 3");
    }

    private String explained(Map<String, String> environment, String... flags) {
        List<String> args = new ArrayList<>(List.of("explain", "--store", "model"));
        args.addAll(List.of(flags));
        CommandLineRun run = CommandLineRun.of(directory, environment, args.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        return run.out();
    }
}
