package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the stress tests of this module in processes of their own. */
final class JcstressTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    /** How long each test runs in each way of compiling; full counts are a preset of their own. */
    private static final List<String> LENGTH =
            LONG
                    ? List.of("-m", "quick")
                    : List.of("-f", "1", "-iters", "1", "-time", "100", "-jvmArgs", onlyC2());

    /** States alive at once: some hold native memory. */
    private static final List<String> STATES = List.of("-strideSize", "64", "-strideCount", "8");

    private static final Pattern LAST_COUNT =
            Pattern.compile(
                    "(\\d+) planned; (\\d+) passed, (\\d+) failed(?!.*planned)", Pattern.DOTALL);

    @TempDir private Path directory;

    @BeforeAll
    static void needsTwoProcessors() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    }

    @Test
    void publicationPointsHold() throws IOException, InterruptedException {
        Run run = run(LENGTH, "Stress(\\.(?!SeededBug).*)?$");
        assertThat(run.exitCode).as(run.output).isZero();
        Matcher counts = LAST_COUNT.matcher(run.output);
        assertThat(counts.find()).as(run.output).isTrue();
        assertThat(counts.group(2)).isEqualTo(counts.group(1));
        assertThat(Integer.parseInt(counts.group(2))).isGreaterThanOrEqualTo(8);
    }

    /** Seeded bug M12: seen within half a second or so where two processors run at once. */
    @Test
    void plainWriteWhereAPinMustBeSeenIsCaught() throws IOException, InterruptedException {
        Run run;
        int attempts = 0;
        do {
            List<String> length =
                    List.of("-f", "1", "-iters", "1", "-time", "500", "-jvmArgs", onlyC2());
            run = run(length, "SeededBugM12$");
            attempts++;
        } while (run.exitCode == 0 && attempts < 10);
        assertThat(run.output).contains("Observed forbidden state: 1, 1 (freed under a pin)");
    }

    private static String onlyC2() {
        return "-XX:-TieredCompilation";
    }

    private record Run(int exitCode, String output) {}

    private Run run(List<String> length, String tests) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.openjdk.jcstress.Main",
                                "-c",
                                "2",
                                "-sc",
                                "false",
                                "-r",
                                directory.resolve("results").toString(),
                                "-t",
                                tests));
        command.addAll(length);
        command.addAll(STATES);
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            return new Run(process.waitFor(), Files.readString(output));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
