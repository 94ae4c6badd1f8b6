package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A measurement that would take an hour, stopped as a person stops it. */
final class CtrlCTest {

    private static final long SIGINT_BIT = 1 << 1;

    @TempDir Path directory;

    @Test
    @DisabledIf("ctrlCIsIgnored")
    void aMeasurementStoppedHalfWayPrintsAndWritesWhatItHas() throws Exception {
        Path out = directory.resolve("out.txt");
        Path result = directory.resolve("result.json");
        Process bench =
                new ProcessBuilder(
                                FreshJvm.command(
                                        List.of(
                                                "bench",
                                                "write-throughput",
                                                "--store=noop",
                                                "--duration=1h",
                                                "--warmup-records=0",
                                                "--report-interval=100ms",
                                                "--json=" + result)))
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

            assertThat(bench.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            bench.destroyForcibly();
        }
        assertThat(bench.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(out).content().contains("| Throughput").contains("records/s");
        assertThat(result).content().contains("\"interrupted\" : true", "\"store\" : \"noop\"");
    }

    /** So it is under a shell that put us in the background; children inherit that. */
    static boolean ctrlCIsIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .anyMatch(mask -> (mask & SIGINT_BIT) != 0);
    }
}
