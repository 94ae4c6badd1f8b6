package cordwood.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The group committer in many interleavings, each from a seed. */
@ExtendWith(SeedExtension.class)
final class CommitterInterleavingTest {

    private static final int RUNS = Boolean.getBoolean("cordwood.long") ? 50_000 : 500;
    private static final int MOVES = 120;

    @Test
    void everyInterleavingKeepsThePromises(Seed seed) {
        for (int i = 0; i < RUNS; i++) {
            List<String> trace = new CommitterRun(seed.child(i)).run(MOVES);
            assertThat(trace).isNotEmpty();
        }
    }

    @Test
    void aSeedReplaysItsInterleavingAndSeedsDiffer(Seed seed) {
        Set<List<String>> traces = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            List<String> first = new CommitterRun(seed.child(i)).run(MOVES);
            List<String> second = new CommitterRun(seed.child(i)).run(MOVES);
            assertThat(second).isEqualTo(first);
            traces.add(first);
        }
        assertThat(traces).hasSizeGreaterThan(15);
    }
}
