package cordwood.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class LiveSegmentsTest {

    @Test
    void noSegmentIsForgottenWhereTheHeapHasNoRoomForAnother(Seed seed) {
        List<String> options = List.of("-Xmx8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        try (ChildJvm child =
                ChildJvm.start(
                        options,
                        LiveSegmentsProcess.class,
                        List.of(String.valueOf(seed.value())))) {
            String told = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            assertThat(told).startsWith("refused ").isNotEqualTo("refused 0 times");
        }
    }
}
