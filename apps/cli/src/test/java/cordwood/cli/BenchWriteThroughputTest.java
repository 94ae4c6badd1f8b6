package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: command line, measuring process, engine, result file. */
final class BenchWriteThroughputTest {

    private static final Path LOGS = Path.of("../../../shared/data/logs");

    @TempDir Path directory;

    @Test
    void severalStoresAreMeasuredAndCompared() throws Exception {
        Path result = directory.resolve("result.json");
        CommandLineRun run = bench("--store", "noop,model", "--json", result.toString());

        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("records/s", "samples", "noop (1 runs)", "ratio");
        assertThat(run.err()).contains("run 1 of 2: noop, durable asked, 1 loglet x 1 in flight");
        String json = Files.readString(result);
        assertThat(json).contains("\"records\" : 1005", "\"count\" : 101", "\"jvm_flags\"");

        CommandLineRun compared = command("bench", "compare", result.toString(), result.toString());
        assertThat(compared.exit()).as(compared.err()).isEqualTo(ExitCode.DONE);
        assertThat(compared.out()).contains("within noise");

        CommandLineRun gated =
                command(
                        "bench",
                        "compare",
                        result.toString(),
                        result.toString(),
                        "--fail-if",
                        "p99>+10%",
                        "--fail-if",
                        "records_per_second<+1%");
        assertThat(gated.exit()).isEqualTo(ExitCode.FELL_SHORT);
        assertThat(gated.err().lines()).hasSize(2).allMatch(line -> line.contains("fell short"));

        Path other = directory.resolve("other.json");
        Files.writeString(other, json.replace("\"DURABLE\"", "\"WRITTEN\""));
        CommandLineRun refused = command("bench", "compare", result.toString(), other.toString());
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("durability asked for (DURABLE and WRITTEN)", "--force");
        assertThat(
                        command("bench", "compare", "--force", result.toString(), other.toString())
                                .exit())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void keptDirectoryContinuesAtTheTailAndOthersAreKeptOut() throws Exception {
        Path store = directory.resolve("store");
        Path result = directory.resolve("result.json");
        CommandLineRun first = bench("--store", "rocksdb", "--dir", store.toString());
        assertThat(first.exit()).as(first.err()).isEqualTo(ExitCode.DONE);
        assertThat(first.out()).doesNotContain("continued at");

        CommandLineRun second =
                bench("--store", "rocksdb", "--dir", store.toString(), "--json", result.toString());
        assertThat(second.exit()).as(second.err()).isEqualTo(ExitCode.DONE);
        assertThat(second.out()).contains("continued at offset");
        assertThat(Files.readString(result)).contains("\"continued_at\" : 1006");

        try (StreamStore _ = Engines.named("rocksdb").open(StoreOptions.in(store))) {
            CommandLineRun locked = bench("--store", "rocksdb", "--dir", store.toString());
            assertThat(locked.exit()).isEqualTo(ExitCode.USAGE);
            assertThat(locked.err()).contains("process " + ProcessHandle.current().pid());
        }
        for (String engine : List.of("noop", "rawfile")) {
            CommandLineRun other = bench("--store", engine, "--dir", store.toString());
            assertThat(other.exit()).as(engine).isEqualTo(ExitCode.USAGE);
            assertThat(other.err()).contains(store.toString());
        }
        assertThat(store).isDirectoryNotContaining("glob:**floor**");
    }

    @Test
    void payloadFileDecidesAndFlagsBesideItAreIgnoredWithOneWarning() {
        String file = directory.resolve("payload").toString();
        CommandLineRun written =
                command(
                        "bench",
                        "generate-payload",
                        "-o",
                        file,
                        "--payload-size",
                        "100",
                        "--num-batches",
                        "3",
                        "--seed",
                        "18446744073709551615");
        assertThat(written.exit()).as(written.err()).isEqualTo(ExitCode.DONE);
        assertThat(written.out())
                .contains("wrote 30 records in 3 batches of 10 to " + file)
                .contains("payload size 100 B", "key style none", "seed 18446744073709551615")
                .contains("file size 3,040 B");

        CommandLineRun run =
                bench(
                        "--store",
                        "noop",
                        "--payload-file",
                        file,
                        "--payload-size",
                        "9",
                        "--seed",
                        "1");
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.err().lines().filter(line -> line.contains("warning")))
                .containsExactly(
                        "cordwood: warning: --payload-file decides, and --payload-size, --seed are ignored");
        assertThat(run.out()).contains("100 B x 10 from payload file " + file);
    }

    @Test
    void realLogsAreWrittenAsBodies() throws Exception {
        assumeTrue(Files.isDirectory(LOGS), () -> "no real logs at " + LOGS.toAbsolutePath());
        Path result = directory.resolve("result.json");
        String input = LOGS.resolve("HDFS.log").toString();
        CommandLineRun run =
                bench("--store", "rocksdb", "--input", input, "--json", result.toString());
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("2000 lines", "from the lines of " + input);
        assertThat(Files.readString(result)).contains("\"payload_note\" : \"2000 lines\"");
    }

    @Test
    void bareLoopIsMeasuredBesideItsEngine() {
        CommandLineRun run = bench("--store", "rocksdb", "--bare");
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("rocksdb (1 runs)", "rocksdb-bare (1 runs)");
    }

    @Test
    void everyTemporaryDirectoryIsGone() throws Exception {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        CommandLineRun run = bench("--store", "rocksdb,rawfile", "--dir", parent.toString());
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        try (Stream<Path> left = Files.list(parent)) {
            assertThat(left).isEmpty();
        }
    }

    private CommandLineRun bench(String... flags) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "bench",
                                "write-throughput",
                                "--skip-floor",
                                "--num-records=1005",
                                "--warmup-records=0"));
        args.addAll(List.of(flags));
        return command(args.toArray(String[]::new));
    }

    private CommandLineRun command(String... args) {
        return CommandLineRun.of(directory, Map.of(), args);
    }
}
