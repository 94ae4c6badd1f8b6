package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.ResultFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a result says is what the engine did, seen from outside where that can be. */
final class BenchTruthTest {

    @TempDir Path directory;

    @Test
    void runThatHardlySyncsIsNeverCalledDurable() throws Exception {
        String synced = measured("rocksdb", "--num-records=2000", "--warmup-records=0").file;
        Path settings = directory.resolve("cordwood.toml");
        Files.writeString(settings, "[rocksdb]\ndisable-wal-fsync = true\n");
        Measured unsynced = measured("rocksdb", "--num-records=2000", "--warmup-records=0");

        assertThat(unsynced.run.text("durability")).isEqualTo("WRITTEN");
        assertThat(unsynced.run.text("config.durability")).isEqualTo("DURABLE");
        assertThat(unsynced.out).contains("rocksdb, written (durable asked), 1 loglet");
        assertThat(unsynced.out).doesNotContain("rocksdb, durable,");
        assertThat(unsynced.err).contains("rocksdb, durable asked, 1 loglet");

        CommandLineRun same = command("bench", "compare", unsynced.file, unsynced.file);
        assertThat(same.out()).contains("rocksdb, written (durable asked)");
        CommandLineRun other = command("bench", "compare", synced, unsynced.file);
        assertThat(other.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(other.err()).contains("durability (DURABLE and WRITTEN)");
    }

    /** What the process writes besides, such as RocksDB's text log, is within the 2 %. */
    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb", "rawfile"})
    void writtenBytesAreWhatTheKernelCounts(String store) throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/self/io")), "the kernel does not tell");
        JsonObject run =
                measured(store, "--num-records=40000", "--in-flight=64", "--warmup-records=0").run;
        long reported = run.whole("io.file_bytes") + run.whole("io.prepared_bytes");
        double kernel = run.number("io.kernel_bytes");
        assertThat(reported / kernel).isCloseTo(1, within(0.02));
        assertThat(run.number("io.write_amplification"))
                .isCloseTo(reported / run.number("bytes"), within(0.001));
        assertThat(run.text("durability")).isEqualTo("DURABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void warmUpIsNotChargedToWhatIsMeasured(String store) throws Exception {
        List<Double> amplifications = new ArrayList<>();
        for (String records : List.of("0", "100000")) {
            JsonObject run =
                    measured(
                                    store,
                                    "--num-records=20000",
                                    "--in-flight=64",
                                    "--warmup-records=" + records)
                            .run;
            amplifications.add(run.number("io.steady_write_amplification"));
            assertThat(run.whole("io.debt_start_bytes")).isZero();
            assertThat(run.whole("io.debt_end_bytes")).isZero();
        }
        double unwarmed = amplifications.getFirst();
        assertThat(amplifications.getLast() / unwarmed).isCloseTo(1, within(0.02));
    }

    private record Measured(String file, JsonObject run, String out, String err) {}

    private Measured measured(String store, String... flags) throws Exception {
        Path file = Files.createTempFile(directory, "result-", ".json");
        List<String> args =
                new ArrayList<>(
                        List.of("bench", "write-throughput", "--skip-floor", "--store", store));
        args.addAll(List.of("--json", file.toString()));
        args.addAll(List.of(flags));
        CommandLineRun run = command(args.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DONE);
        JsonObject only = ResultFile.read(file).objects("runs").getFirst();
        return new Measured(file.toString(), only, run.out(), run.err());
    }

    private CommandLineRun command(String... args) {
        return CommandLineRun.of(directory, Map.of(), args);
    }
}
