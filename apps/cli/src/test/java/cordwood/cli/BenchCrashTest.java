package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed. */
final class BenchCrashTest {

    private static final String CYCLES = Boolean.getBoolean("cordwood.long") ? "60" : "2";

    @TempDir Path directory;

    private CommandLineRun crash(String... arguments) {
        return CommandLineRun.of(directory, Map.of(), arguments);
    }

    @Test
    void rocksdbKeepsItsPromisesWhenKilled() {
        CommandLineRun run =
                crash("bench", "crash", "--cycles", CYCLES, "--dir", directory.toString());

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).containsPattern("broken promises +0\n");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void storesThatKeepNothingAreRefusedInOneLine() {
        CommandLineRun run = crash("bench", "crash", "--store", "rocksdb,noop");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("noop stores nothing");
        assertThat(run.err().lines()).hasSize(1);
    }
}
