package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags over environment over file over defaults; {@code explain} says which it was. */
final class PrecedenceTest {

    @TempDir Path directory;

    private Path file;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> flags = new ArrayList<>(List.of("explain", "--store", "model"));

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("cordwood.toml");
    }

    @Test
    void aDefaultStandsWhereNothingWasSaid() {
        assertThat(budget()).isEqualTo("512 MiB default");
    }

    @Test
    void theFileIsOverTheDefault() throws Exception {
        writeFile("64MiB");

        assertThat(budget()).isEqualTo("64 MiB " + file + ":2:1");
    }

    @Test
    void theEnvironmentIsOverTheFile() throws Exception {
        writeFile("64MiB");
        environment.put("CORDWOOD_MEMORY_BUDGET", "65MiB");

        assertThat(budget()).isEqualTo("65 MiB CORDWOOD_MEMORY_BUDGET");
    }

    @Test
    void aFlagIsOverAll() throws Exception {
        writeFile("64MiB");
        environment.put("CORDWOOD_MEMORY_BUDGET", "65MiB");
        flags.addAll(List.of("--memory-budget", "66MiB"));

        assertThat(budget()).isEqualTo("66 MiB --memory-budget");
    }

    @Test
    void aNamedFileReplacesTheOneLyingHere() throws Exception {
        writeFile("64MiB");
        Path other = directory.resolve("other.toml");
        Files.writeString(other, "[store]\nmemory-budget = 70_254_592 # 67 MiB\n");
        environment.put("CORDWOOD_CONFIG_FILE", other.toString());
        assertThat(budget()).isEqualTo("67 MiB " + other + ":2:1");

        flags.addAll(List.of("-c", file.toString()));
        assertThat(budget()).isEqualTo("64 MiB " + file + ":2:1");
    }

    @Test
    void theStoreItselfMayComeFromTheFile() throws Exception {
        Files.writeString(file, "[store]\nstore = ['model', 'model']\n");
        flags.subList(1, 3).clear();

        CommandLineRun run =
                CommandLineRun.of(directory, environment, flags.toArray(String[]::new));

        assertThat(run.out().lines().filter(line -> line.startsWith("model: "))).hasSize(2);
    }

    private void writeFile(String budget) throws Exception {
        Files.writeString(file, "[store]\nmemory-budget = '" + budget + "'\n");
    }

    private String budget() {
        CommandLineRun run =
                CommandLineRun.of(directory, environment, flags.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        return run.out()
                .lines()
                .filter(line -> line.startsWith("memory-budget"))
                .findFirst()
                .orElseThrow()
                .replaceFirst("memory-budget +", "")
                .replaceAll(" +", " ");
    }
}
