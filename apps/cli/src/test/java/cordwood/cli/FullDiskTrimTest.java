package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import cordwood.testkit.disk.TinyMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way out of a full disk that a person has. */
final class FullDiskTrimTest {

    private static final long DISK_BYTES = 12L << 20;
    private static final long TRIMMED_TO = 2_900;
    private static final List<String> AS_IT_WAS_MADE =
            List.of(
                    "env",
                    "CORDWOOD_MEMORY_BUDGET=32MiB",
                    "CORDWOOD_LSM_WAL_SEGMENT_SIZE=256KiB",
                    "CORDWOOD_LSM_MEMTABLE_SIZE=256KiB");

    @TempDir private Path root;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrimGivesTheSpaceOfAFullDiskBack(boolean isOpenedAsItWasMade) throws Exception {
        TinyMount.assumePossible(root);
        Path mountPoint = Files.createDirectory(root.resolve("disk"));
        Path store = mountPoint.resolve("store");
        List<String> arguments = new ArrayList<>(List.of(store.toString()));
        arguments.addAll(isOpenedAsItWasMade ? AS_IT_WAS_MADE : List.of());
        arguments.addAll(
                FreshJvm.command(
                        List.of("trim", "--dir", store.toString(), "--space=3", "--stream=1")));
        arguments.add("--up-to=" + TRIMMED_TO);
        try (ChildJvm child =
                ChildJvm.start(
                        TinyMount.of(DISK_BYTES, mountPoint),
                        List.of("-Xmx64m"),
                        FullDiskTrimProcess.class,
                        arguments)) {
            StringBuilder told = new StringBuilder();
            for (String line = child.line(); line != null; line = child.line()) {
                told.append(line).append('\n');
            }
            int exit = child.awaitExit(Duration.ofMinutes(2));
            assertThat(exit).as("%s%s", told, child.complaints()).isZero();
            assertThat(told)
                    .contains("requested 2900, effective 2900, left are 2901 to ")
                    .containsPattern("freed [789]\\.\\d MiB of tables\nexit 0\n")
                    .endsWith("puts go on\n");
        }
    }
}
