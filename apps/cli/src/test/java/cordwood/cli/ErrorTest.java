package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is no exception ends a command as one does. */
final class ErrorTest {

    private static final class Unlinked extends HashMap<String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String get(Object key) {
            throw new LinkageError("no such symbol");
        }
    }

    @Test
    void anErrorIsOneLineThatNamesIt() {
        Map<String, String> environment = new Unlinked();
        StringWriter err = new StringWriter();
        Main main =
                new Main(
                        environment,
                        Path.of(""),
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err, true),
                        new Interruption());

        assertThat(main.run("stores")).isEqualTo(ExitCode.FAILED);
        assertThat(err).hasToString("cordwood: LinkageError: no such symbol\n");
    }
}
