package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.BenchException;
import cordwood.bench.crash.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes, really killed. */
@Tag("trial")
final class BenchCrashTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    @TempDir Path directory;

    private CommandLineRun crash(String... arguments) {
        return CommandLineRun.of(directory, Map.of(), arguments);
    }

    private void requireKept(int cycles, String... arguments) throws IOException {
        requireKept("WRITTEN by SIGKILL; DURABLE not tried", cycles, arguments);
    }

    private void requireKept(String tried, int cycles, String... arguments) throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        List<String> all =
                new ArrayList<>(List.of("bench", "crash", "--cycles", String.valueOf(cycles)));
        all.addAll(List.of("--dir", data.toString()));
        all.addAll(List.of(arguments));

        CommandLineRun run = crash(all.toArray(String[]::new));

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .containsPattern("kills that count +%d of %d".formatted(cycles, cycles))
                .containsPattern("tried +" + tried + "\n")
                .containsPattern("broken promises +0\n");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void rocksdbKeepsItsPromisesWhenKilled() throws IOException {
        requireKept(LONG ? 60 : 2, "--store", "rocksdb");
    }

    @Test
    void lsmKeepsItsPromisesWhenKilled() throws IOException {
        requireKept(LONG ? 60 : 3, "--store", "lsm");
    }

    /** Needs root and a loop device; others skip it. */
    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void whatIsDurableIsKeptWhereUnsyncedFilesAreLost(String store) throws IOException {
        assumeLoopDevices();
        requireKept(
                "DURABLE by SIGKILL and the loss of what was not synced",
                LONG ? 60 : 1,
                "--store=" + store,
                "--device");
    }

    /** So small that memtables are flushed and segments used again all the time. */
    @Test
    void lsmWithSmallFilesKeepsItsPromisesWhenKilled() throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("small.toml"),
                        """
                        [lsm]
                        memtable-size = "128KiB"
                        wal-segment-size = "128KiB"
                        block-size = "2KiB"
                        """);
        requireKept(
                LONG ? 60 : 3, "--store=lsm", "--config-file=" + config, "--memory-budget=32MiB");
    }

    private void assumeLoopDevices() throws IOException {
        try {
            LoopDevice.create(directory.resolve("probe"), 16 << 20).close();
        } catch (BenchException e) {
            assumeTrue(false, "no loop devices here: " + e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--memory-budget=1",
                "--memory-budget=1KiB --device",
                "--memory-budget=100TiB",
            })
    void optionsThatDoNotFitLeaveNoDirectory(String options) throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));

        CommandLineRun run = crash("bench crash --dir=%s %s".formatted(data, options).split(" "));

        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void storesThatKeepNothingAreRefusedInOneLine() {
        CommandLineRun run = crash("bench", "crash", "--store", "rocksdb,noop");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("noop stores nothing");
        assertThat(run.err().lines()).hasSize(1);
    }
}
