package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A TERM that arrives before the command line has begun. */
final class EarlyTermTest {

    private static final String READY = "ready";
    private static final int TERMINATED = 143;

    @Test
    void aTermWhileTheProcessStartsPrintsNothingAndEndsIt() throws Exception {
        URL classFile = Objects.requireNonNull(Early.class.getResource("EarlyTermTest.class"));
        Path tests = Path.of(classFile.toURI().resolve("../.."));
        List<String> command =
                new ArrayList<>(
                        FreshJvm.command(
                                List.of("--patch-module=cordwood.cli=" + tests), List.of()));
        command.set(command.size() - 1, "--module=cordwood.cli/" + Early.class.getName());

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo(READY);
            process.toHandle().destroy(); // a TERM
            assertThat(said.lines()).isEmpty();
            assertThat(process.waitFor()).isEqualTo(TERMINATED);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Is ending before it comes to the command line's entry. */
    static final class Early {
        private Early() {}

        static void main(String[] args) throws Exception {
            Thread entry = new Thread(() -> Main.main(args), "command line");
            Runtime.getRuntime().addShutdownHook(entry);
            System.out.println(READY);
            Thread.currentThread().join();
        }
    }
}
