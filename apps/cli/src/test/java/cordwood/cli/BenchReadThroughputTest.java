package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.ResultFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: written by one command, read by another. */
final class BenchReadThroughputTest {

    @TempDir Path directory;

    @Test
    void whatSeveralStoresWereLeftIsReadAndCompared() {
        Path parent = directory.resolve("stores");
        Path result = directory.resolve("result.json");
        CommandLineRun written =
                bench(
                        "write-throughput",
                        "--store=lsm,rocksdb",
                        "--num-streams=20",
                        "--num-records=1005",
                        "--warmup-records=0",
                        "--retain-test-dir",
                        "--dir=" + parent);
        assertThat(written.exit()).as(written.err()).isEqualTo(ExitCode.DONE);
        assertThat(written.err()).contains("20 streams, in turn, 1 in flight (closed loop)");

        CommandLineRun read =
                bench(
                        "read-throughput",
                        "--store=lsm,rocksdb",
                        "--range=10",
                        "--num-records=1000",
                        "--warmup=0s",
                        "--order=backward",
                        "--readers=2",
                        "--dir=" + parent,
                        "--json=" + result);
        assertThat(read.exit()).as(read.err()).isEqualTo(ExitCode.DONE);
        assertThat(read.err())
                .contains("run 1 of 2: lsm, ranges of 10 records, backward, 2 readers, warm");
        assertThat(read.out()).contains("block look-ups per read", "lsm (1 runs)", "ratio");
        for (JsonObject run : ResultFile.read(result).objects("runs")) {
            assertThat(run.whole("records")).isEqualTo(1_000);
            assertThat(run.whole("config.held_records")).isEqualTo(1_005);
            assertThat(run.number("read.block_lookups_per_read")).isNotNegative();
        }
    }

    @Test
    void directoryThatHoldsAnotherStoreIsRefusedByItsEngine() {
        Path store = directory.resolve("store");
        CommandLineRun written =
                bench(
                        "write-throughput",
                        "--store=rawfile",
                        "--num-records=10",
                        "--warmup-records=0",
                        "--dir=" + store);
        assertThat(written.exit()).as(written.err()).isEqualTo(ExitCode.DONE);
        CommandLineRun read = bench("read-throughput", "--store=rawfile", "--dir=" + store);
        assertThat(read.exit()).as(read.err()).isEqualTo(ExitCode.USAGE);
        assertThat(read.err()).contains("the log of an earlier run");
    }

    private CommandLineRun bench(String command, String... flags) {
        List<String> args = new ArrayList<>(List.of("bench", command, "--skip-floor"));
        args.addAll(List.of(flags));
        return CommandLineRun.of(directory, Map.of(), args.toArray(String[]::new));
    }
}
