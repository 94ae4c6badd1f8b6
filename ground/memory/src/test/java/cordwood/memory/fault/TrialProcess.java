package cordwood.memory.fault;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A trial in a JVM of its own, which has the product's classes and the tests' and nothing else. */
final class TrialProcess {

    private TrialProcess() {}

    /** What the program printed; it must have ended well. */
    static String run(Class<?> program, List<String> jvmFlags, Object... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.add("-Dcordwood.patience=" + Sweep.PATIENCE_NANOS / 1_000_000_000);
        command.add("-cp");
        command.add(root(Memory.class) + java.io.File.pathSeparator + root(program));
        command.add(program.getName());
        for (Object word : words) {
            command.add(word.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /** Where a program's classes are. */
    static Path root(Class<?> program) {
        String file = program.getName().replace('.', '/') + ".class";
        String url = String.valueOf(program.getClassLoader().getResource(file));
        return Path.of(URI.create(url.substring(0, url.length() - file.length())));
    }
}
