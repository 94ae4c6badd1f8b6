package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process whose heap is full for a moment, in the middle of what a server does. */
@Tag("trial")
class FullHeapTest {

    @ParameterizedTest
    @EnumSource
    void everybodyIsToldTheTruthAndEverythingGoesOn(FullHeapProcess.When when) {
        List<String> options = List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        try (ChildJvm child =
                ChildJvm.start(options, FullHeapProcess.class, List.of(when.name()))) {
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
        }
    }
}
