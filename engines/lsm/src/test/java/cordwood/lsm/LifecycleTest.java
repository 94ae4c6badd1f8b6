package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.LifecycleProcess.Holdings;
import cordwood.testkit.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** R14: on the real file system, nothing that a store holds outlives it. */
@EnabledOnOs(OS.LINUX)
final class LifecycleTest {

    private static final long MIB = 1 << 20;
    private static final int WARMUP_CYCLES = 40;
    private static final int CYCLES = FaultOpener.LONG ? 500 : 50;
    private static final List<String> OPTIONS =
            List.of("-Xmx64m", "-XX:NativeMemoryTracking=summary", "--illegal-native-access=deny");

    @Test
    void filesThreadsAndMemoryDoNotAddUp(@TempDir Path root) {
        List<String> arguments =
                List.of(
                        root.resolve("store").toString(),
                        String.valueOf(WARMUP_CYCLES),
                        String.valueOf(CYCLES));
        try (ChildJvm child = ChildJvm.start(OPTIONS, LifecycleProcess.class, arguments)) {
            List<String> lines = new ArrayList<>();
            for (String line = child.line(); line != null; line = child.line()) {
                lines.add(line);
            }
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            assertThat(child.complaints()).isEmpty();

            assertThat(lines).hasSize(3);
            Holdings before = Holdings.parse(lines.get(0));
            Holdings open = Holdings.parse(lines.get(1));
            Holdings after = Holdings.parse(lines.get(2));
            assertThat(before.files()).isZero();
            assertThat(open.files()).isPositive();
            assertThat(open.threads()).isGreaterThan(before.threads());
            assertThat(open.foreignBytes()).isGreaterThan(before.foreignBytes() + MIB);
            assertThat(after.files()).isZero();
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
            assertThat(after.foreignBytes()).isLessThan(before.foreignBytes() + MIB);
        }
    }
}
