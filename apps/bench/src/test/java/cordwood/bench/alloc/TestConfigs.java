package cordwood.bench.alloc;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Short runs. */
final class TestConfigs {

    private TestConfigs() {}

    static AllocConfig of(
            double remoteShare, int readers, int burst, Fault fault, String... names) {
        return new AllocConfig(
                List.of(names),
                Map.of(),
                2,
                1L << 30,
                "16-256",
                500,
                remoteShare,
                readers,
                Duration.ofMillis(1),
                burst,
                fault == Fault.LOCK ? 2 : 1,
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                Duration.ofMillis(10),
                1,
                fault);
    }
}
