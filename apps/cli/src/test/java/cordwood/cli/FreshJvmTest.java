package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real child process: what {@code main} adds to a run in this one. */
final class FreshJvmTest {

    @TempDir Path directory;

    @Test
    void childRunsTheSameToolQuietly() throws Exception {
        Process child = start("explain", "--store", "model");

        assertThat(text(child.getErrorStream().readAllBytes())).isEmpty();
        assertThat(text(child.getInputStream().readAllBytes())).startsWith("model: ");
        assertThat(child.waitFor()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void childExitsTwoOnWrongUsageWithOneLine() throws Exception {
        Process child = start("explane");

        assertThat(text(child.getErrorStream().readAllBytes()))
                .isEqualTo(
                        "cordwood: unknown command 'explane': did you mean 'explain'? (see 'cordwood --help')\n");
        assertThat(child.waitFor()).isEqualTo(ExitCode.USAGE);
    }

    private Process start(String... args) throws Exception {
        return new ProcessBuilder(FreshJvm.command(List.of(args)))
                .directory(directory.toFile())
                .start();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
