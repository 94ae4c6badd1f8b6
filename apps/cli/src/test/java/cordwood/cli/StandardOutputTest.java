package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What cannot be printed is told; a reader who has gone is not. */
final class StandardOutputTest {

    private static StandardOutput failing(String reason) {
        StandardOutput output =
                new StandardOutput(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException(reason);
                            }
                        });
        new PrintWriter(output, true, StandardCharsets.UTF_8).println("a result");
        return output;
    }

    @Test
    void whatIsLostIsKnownUnlessNobodyReadsIt() {
        assertThat(failing("No space left on device").lossReason()).contains("No space left");
        assertThat(failing("Broken pipe").lossReason()).isNull();
        assertThat(new StandardOutput(OutputStream.nullOutputStream()).lossReason()).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aResultThatCannotBePrintedIsNoSuccess() throws Exception {
        Process explain =
                new ProcessBuilder(FreshJvm.command(List.of("explain")))
                        .redirectOutput(new File("/dev/full"))
                        .start();
        try {
            String err =
                    new String(explain.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(explain.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(err).contains("standard output is incomplete: No space left on device");
            assertThat(explain.exitValue()).isEqualTo(ExitCode.FAILED);
        } finally {
            explain.destroyForcibly();
        }
    }
}
