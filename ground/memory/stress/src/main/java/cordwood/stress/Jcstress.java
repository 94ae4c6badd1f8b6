package cordwood.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs stress tests of this class path in a process of their own. */
public final class Jcstress {

    /** How long each test runs in each way of compiling; full counts are a preset of their own. */
    public static final List<String> LENGTH =
            Boolean.getBoolean("cordwood.long") ? List.of("-m", "quick") : once(100);

    /** Every test but those that have to fail. */
    public static final String ALL_SOUND = "Stress(\\.(?!SeededBug).*)?$";

    /** States alive at once: some hold native memory. */
    private static final List<String> STATES = List.of("-strideSize", "64", "-strideCount", "8");

    private static final Pattern LAST_COUNT =
            Pattern.compile(
                    "(\\d+) planned; (\\d+) passed, (\\d+) failed(?!.*planned)", Pattern.DOTALL);

    private Jcstress() {}

    /** What a run ended with. */
    public record Run(int exitCode, String output) {

        /** How many tests there were, when all of them passed; otherwise −1. */
        public int passed() {
            Matcher counts = LAST_COUNT.matcher(output);
            boolean all = exitCode == 0 && counts.find() && counts.group(2).equals(counts.group(1));
            return all ? Integer.parseInt(counts.group(2)) : -1;
        }
    }

    /** Options for one run of so long, compiled at once, as code that runs for long is. */
    public static List<String> once(int millis) {
        return List.of(
                "-f",
                "1",
                "-iters",
                "1",
                "-time",
                String.valueOf(millis),
                "-jvmArgs",
                "-XX:-TieredCompilation");
    }

    /**
     * Runs tests.
     *
     * @param length options that say how long
     * @param tests a pattern of their names
     * @param directory where the process may write
     */
    public static Run run(List<String> length, String tests, Path directory)
            throws IOException, InterruptedException {
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
