package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pipe that nobody writes to, where a command is to read a file: none waits for it. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
final class PipesTest {

    @TempDir Path directory;

    @BeforeEach
    void makePipe() throws Exception {
        makePipe("pipe");
    }

    private Path makePipe(String name) throws IOException, InterruptedException {
        Path pipe = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        return pipe;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dump @/pipe | open @/pipe: not a regular file, but a pipe, a socket or a device; name a",
                "dump /dev/zero | open /dev/zero: not a regular file, but a pipe, a socket or a device",
                "verify @/pipe | list @/pipe: not a directory",
                "-c @/pipe verify @ | configuration file @/pipe is not a regular file: name another",
                "bench write-throughput --store noop --input @/pipe | input file: open @/pipe: not a",
                "bench write-throughput --store noop --payload-file @/pipe | open @/pipe: not a regular",
                "bench alloc --sizes @/pipe | --sizes @/pipe: not a regular file; name one",
                "bench compare @/pipe @/pipe | result file @/pipe: it is not a regular file",
            })
    void aPipeIsRefusedInOneLine(String args, String complaint) {
        UnaryOperator<String> named = text -> text.replace("@", directory.toString());
        CommandLineRun run =
                CommandLineRun.of(
                        directory,
                        Map.of(),
                        Stream.of(args.split(" ")).map(named).toArray(String[]::new));

        assertThat(run.err()).contains(named.apply(complaint)).hasLineCount(1);
        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aPipeAmongTheFilesOfAStoreIsNamed() throws Exception {
        for (String name : new String[] {"MANIFEST", "LOCK"}) {
            Path pipe = makePipe(name);
            for (String command : new String[] {"verify", "dump"}) {
                CommandLineRun run =
                        CommandLineRun.of(directory, Map.of(), command, directory.toString());

                assertThat(run.err()).contains(": not a regular file, but a pipe").hasLineCount(1);
                assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
            }
            Files.delete(pipe);
        }
    }
}
