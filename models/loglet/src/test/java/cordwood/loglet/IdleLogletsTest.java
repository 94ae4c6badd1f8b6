package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What loglets take while nobody asks them anything. */
@Tag("trial")
class IdleLogletsTest {

    private static final int LOGLETS = 10_000;
    private static final long LOGLET_BYTES_MAX = 8 << 10;

    @TempDir private Path root;

    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void idleLogletTakesLittle(String engine) {
        try (ChildJvm child =
                ChildJvm.start(
                        List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED"),
                        IdleLogletsProcess.class,
                        List.of(engine, root.resolve("store").toString(), "" + LOGLETS))) {
            String told = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            System.out.println(engine + ": " + told + " bytes for each of " + LOGLETS);
            assertThat(Long.parseLong(told)).isLessThan(LOGLET_BYTES_MAX);
        }
    }
}
