package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A measurement that would take an hour, stopped as a person stops it. */
final class CtrlCTest {

    @TempDir Path directory;

    @Test
    void aMeasurementStoppedHalfWayPrintsAndWritesWhatItHas() throws Exception {
        Path out = directory.resolve("out.txt");
        Path result = directory.resolve("result.json");
        Process bench =
                new ProcessBuilder(
                                heedingCtrlC(
                                        "bench",
                                        "write-throughput",
                                        "--store=noop",
                                        "--duration=1h",
                                        "--warmup-records=0",
                                        "--report-interval=100ms",
                                        "--json=" + result))
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .start();
        try (BufferedReader progress =
                new BufferedReader(
                        new InputStreamReader(bench.getErrorStream(), StandardCharsets.UTF_8))) {
            String line = progress.readLine();
            while (line != null && !line.matches(" +\\d+\\.\\ds .*")) {
                line = progress.readLine();
            }
            assertThat(line).as("a line of progress").isNotNull();

            new ProcessBuilder("kill", "-INT", Long.toString(bench.pid())).start().waitFor();

            assertThat(bench.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            bench.destroyForcibly();
        }
        assertThat(bench.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(out).content().contains("| Throughput").contains("records/s");
        assertThat(result).content().contains("\"interrupted\" : true", "\"store\" : \"noop\"");
    }

    /** A shell that put us in the background made us, and whom we start, ignore Ctrl-C. */
    private static List<String> heedingCtrlC(String... args) {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(FreshJvm.command(List.of(args)));
        return command;
    }
}
