package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** R23: a process whose heap is full for some milliseconds, again and again. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class FullHeapTest {

    private static final int PROCESSES = FaultOpener.LONG ? 30 : 1;
    private static final int FILLS = FaultOpener.LONG ? 200 : 10;

    @TempDir private Path root;

    @Test
    void everybodyIsToldAndWritingGoesOnAndDirectoriesAreLeft(Seed seed) {
        for (int i = 0; i < PROCESSES; i++) {
            List<String> arguments =
                    List.of(
                            root.resolve("store" + i).toString(),
                            String.valueOf(FILLS),
                            String.valueOf(seed.child(i).value()));
            List<String> options =
                    List.of(
                            "-Xmx16m",
                            "-XX:+UseSerialGC",
                            "-XX:CICompilerCount=1",
                            "-XX:TieredStopAtLevel=1");
            try (ChildJvm child = ChildJvm.start(options, FullHeapProcess.class, arguments)) {
                String told = child.line();
                assertThat(child.awaitExit(Duration.ofMinutes(15)))
                        .as(told + child.complaints())
                        .isZero();
                System.out.println(told);
            }
        }
    }
}
