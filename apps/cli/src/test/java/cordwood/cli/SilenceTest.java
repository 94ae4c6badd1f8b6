package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native engine needs no native access, and the JVM has nothing to say about what it does. */
final class SilenceTest {

    @TempDir Path directory;

    private record Outcome(int exit, String out, String err) {}

    /** Runs the command line in a JVM that allows nobody any native access. */
    private Outcome run(List<String> arguments) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        List<String> command = new ArrayList<>();
        for (String part : FreshJvm.command(arguments)) {
            if (!part.startsWith("--enable-native-access")) {
                command.add(part);
            }
        }
        command.add(1, "--illegal-native-access=deny");
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private List<String> bench(String store) {
        return List.of(
                "--quiet",
                "bench",
                "write-throughput",
                "--store=" + store,
                "--num-records=20000",
                "--warmup-records=0",
                "--durability=written",
                "--in-flight=8",
                "--dir=" + directory.resolve(store),
                "--retain-test-dir");
    }

    @Test
    void aRunOfTheNativeEnginePrintsNothingOnStandardError() throws Exception {
        Outcome measured = run(bench("lsm"));

        assertThat(measured.err()).isEmpty();
        assertThat(measured.exit()).as(measured.out()).isZero();
        assertThat(measured.out()).contains("lsm");

        Outcome verified = run(List.of("verify", store().toString()));
        assertThat(verified.err()).isEmpty();
        assertThat(verified.exit()).as(verified.out()).isZero();
    }

    @Test
    void aCodecThatNeedsNativeAccessIsExplainedWithoutTouchingIt() throws Exception {
        Outcome explained = run(List.of("explain", "--store=lsm"));

        assertThat(explained.err()).isEmpty();
        assertThat(explained.out())
                .containsPattern(
                        "codecs +raw lz4 deflate +for zstd, native access is not granted: "
                                + "start java with --enable-native-access=aircompressor.v3");
    }

    private Path store() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("lsm"))) {
            Path manifest =
                    files.filter(file -> file.endsWith("MANIFEST")).findFirst().orElseThrow();
            return manifest.resolveSibling("");
        }
    }

    @Test
    void anEngineThatNeedsNativeAccessIsNotSilentThere() throws Exception {
        Outcome refused = run(bench("rocksdb"));

        assertThat(refused.exit()).isNotZero();
        assertThat(refused.err()).isNotEmpty();
    }
}
