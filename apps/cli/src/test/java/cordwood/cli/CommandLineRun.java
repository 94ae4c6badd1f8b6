package cordwood.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * One run of the command line in this process, and what it printed.
 *
 * @param out everything on standard output
 * @param err everything on standard error
 */
record CommandLineRun(int exit, String out, String err) {

    static CommandLineRun of(Path directory, Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Main main =
                new Main(
                        environment,
                        directory,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        new Interruption());
        int exit = main.run(args);
        return new CommandLineRun(exit, out.toString(), err.toString());
    }
}
