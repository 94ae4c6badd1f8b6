package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.ResultFile;
import cordwood.store.StoreOptions;
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
    void whatWasLeftInADirectoryIsReadAndCompared() {
        String store = "--dir=" + directory.resolve("store");
        write("--store=rocksdb", "--trim-lag=20", store);

        CommandLineRun read = read("--store=rocksdb", store);
        assertThat(read.err()).contains("rocksdb, ranges of 10 records, backward, 2 readers, warm");
        assertThat(read.out()).contains("block look-ups per read", "Latency of a read, us");
        JsonObject run = ResultFile.read(result()).objects("runs").getFirst();
        assertThat(run.whole("records")).isEqualTo(1_000);
        assertThat(run.whole("config.held_records")).isBetween(400L, 500L);
        assertThat(run.number("read.block_lookups_per_read")).isNotNegative();
    }

    @Test
    void aDirectoryWithAnotherEnginesStoreSaysWhoseItIs() {
        Path lsm = directory.resolve("lsm");
        Engines.named("lsm")
                .open(new StoreOptions(lsm, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, Map.of()))
                .close();

        CommandLineRun read = bench("read-throughput", List.of("--store=rocksdb", "--dir=" + lsm));

        assertThat(read.err())
                .endsWith(lsm + " holds a store of lsm, none of rocksdb: say --store lsm\n");
        assertThat(read.exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatSeveralStoresWereLeftIsMeasuredSideBySide() {
        assumeTrue(Boolean.getBoolean("cordwood.long"), "four processes: with --long");
        String parent = "--dir=" + directory.resolve("stores");
        write("--store=lsm,rocksdb", "--retain-test-dir", parent);

        CommandLineRun read = read("--store=lsm,rocksdb", parent);
        assertThat(read.out()).contains("lsm (1 runs)", "ratio");
        for (JsonObject run : ResultFile.read(result()).objects("runs")) {
            assertThat(run.whole("config.held_records")).isEqualTo(1_005);
        }
    }

    private void write(String... flags) {
        List<String> all =
                new ArrayList<>(
                        List.of("--num-streams=20", "--num-records=1005", "--warmup-records=0"));
        all.addAll(List.of(flags));
        CommandLineRun written = bench("write-throughput", all);
        assertThat(written.exit()).as(written.err()).isEqualTo(ExitCode.DONE);
        assertThat(written.err()).contains("20 streams, in turn, 1 in flight (closed loop)");
    }

    private CommandLineRun read(String... flags) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--range=10",
                                "--num-records=1000",
                                "--warmup=0s",
                                "--order=backward",
                                "--readers=2",
                                "--json=" + result()));
        all.addAll(List.of(flags));
        CommandLineRun read = bench("read-throughput", all);
        assertThat(read.exit()).as(read.err()).isEqualTo(ExitCode.DONE);
        return read;
    }

    private Path result() {
        return directory.resolve("result.json");
    }

    private CommandLineRun bench(String command, List<String> flags) {
        List<String> args = new ArrayList<>(List.of("bench", command, "--skip-floor"));
        args.addAll(flags);
        return CommandLineRun.of(directory, Map.of(), args.toArray(String[]::new));
    }
}
