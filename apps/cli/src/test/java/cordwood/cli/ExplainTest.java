package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExplainTest {

    @TempDir Path directory;

    static Stream<String> engines() {
        return Engines.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyEngineExplainsItselfAndTouchesNothing(String engine) {
        Path data = directory.resolve("data");

        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of(),
                        "explain",
                        "--store",
                        engine,
                        "--dir",
                        data.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines().toList())
                .anyMatch(line -> line.startsWith(engine + ": "))
                .anyMatch(line -> line.matches("dir +" + data + " +--dir"))
                .anyMatch(line -> line.startsWith("memory: heap "));
        assertThat(Files.exists(data)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anUnknownKeyInAnEnginesSectionIsRefused(String engine) throws Exception {
        Path file = directory.resolve("cordwood.toml");
        Files.writeString(file, "[" + engine + "]\nno-such-key-anywhere = 1\n");

        CommandLineRun run = CommandLineRun.of(directory, Map.of(), "explain", "--store", "model");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("cordwood: " + file + ":2:1: unknown key 'no-such-key-anywhere' in [")
                .hasLineCount(1);
    }

    @Test
    void anEnginesOwnOptionsComeFromItsSectionAndTheEnvironment() throws Exception {
        Path file = directory.resolve("cordwood.toml");
        Files.writeString(file, "[model]\nsplit-batches = true\n");
        String[] args = {"explain", "--store", "model"};

        assertThat(CommandLineRun.of(directory, Map.of(), args).out())
                .containsPattern("split-batches +true +" + file + ":2:1");
        Map<String, String> environment = Map.of("CORDWOOD_MODEL_SPLIT_BATCHES", "false");
        assertThat(CommandLineRun.of(directory, environment, args).out())
                .containsPattern("split-batches +false +CORDWOOD_MODEL_SPLIT_BATCHES");
    }

    @Test
    void whatIsDerivedSaysWhy() {
        CommandLineRun run =
                CommandLineRun.of(directory, Map.of(), "explain", "--store", "rocksdb");

        assertThat(run.out())
                .containsPattern("DERIVED +VALUE +WHY")
                .containsPattern("allocator: small_pool: .*; used by rocksdb")
                .containsPattern("cells +8 MiB +1/64 of the budget");
    }

    @Test
    void theCommandLineHasEveryCodec() {
        CommandLineRun run = CommandLineRun.of(directory, Map.of(), "explain", "--store", "lsm");

        assertThat(run.out())
                .containsPattern("cold-compression +deflate +default")
                .containsPattern("codecs +raw lz4 deflate zstd +all there are");
    }

    @Test
    void moreThanTheMachineHasIsAWarning() {
        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of(),
                        "explain",
                        "--store",
                        "model",
                        "--memory-budget",
                        "900TiB");

        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        assertThat(run.err())
                .startsWith("warning: heap ")
                .contains(" + budget 900 TiB exceed the ")
                .hasLineCount(1);
    }

    @Test
    void aBudgetUnderTheLeastIsWrongUsage() {
        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of(),
                        "explain",
                        "--store",
                        "model",
                        "--memory-budget",
                        "1MiB");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("1,048,576 bytes is under the least").hasLineCount(1);
    }

    @Test
    void theLimitCountsHeapAndBudgetTogether() {
        MemoryLimit limit = new MemoryLimit(4L << 30, true);

        assertThat(limit.fits(3L << 30, 1L << 30)).isTrue();
        assertThat(limit.fits(3L << 30, (1L << 30) + 1)).isFalse();
        assertThat(limit.fits(5L << 30, 1)).isFalse();
        assertThat(limit.compared(3L << 30, 2L << 30))
                .startsWith("heap 3 GiB + budget 2 GiB exceed the container's 4 GiB: lower ");
    }
}
