package cordwood.bench.crash;

import cordwood.bench.BenchException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of the operating system, in sessions of their own: Ctrl-C in our terminal does not end
 * them half-way.
 */
final class SystemTool {

    private static final String IN_OWN_SESSION = "setsid";

    private SystemTool() {}

    /**
     * Refuses a search path that lacks one of them.
     *
     * @throws BenchException of kind usage
     */
    static void require(List<String> tools, String searchPath) {
        List<String> all = new ArrayList<>(tools);
        all.add(IN_OWN_SESSION);
        List<Path> directories =
                List.of(searchPath.split(File.pathSeparator)).stream().map(Path::of).toList();
        for (String tool : all) {
            if (directories.stream().noneMatch(in -> Files.isExecutable(in.resolve(tool)))) {
                throw BenchException.usage("no %s on the PATH".formatted(tool));
            }
        }
    }

    /**
     * Runs one to its end; gives what it printed.
     *
     * @throws BenchException when it cannot be run, or fails
     */
    static String run(String... command) {
        List<String> line = new ArrayList<>(List.of(IN_OWN_SESSION, "--wait"));
        line.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw BenchException.failed(
                        "%s failed: %s".formatted(String.join(" ", command), said.strip()));
            }
            return said;
        } catch (IOException e) {
            throw BenchException.failed("%s: %s".formatted(command[0], e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BenchException.failed("interrupted at " + List.of(command));
        }
    }
}
