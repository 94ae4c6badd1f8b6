package cordwood.lsm.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The table of runs against a map. */
@ExtendWith(SeedExtension.class)
final class RunIndexTest {

    private static final int STEPS = 20_000;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
    private final IndexArena arena =
            new IndexArena(memory.chunks(), memory.budget().account("index"));
    private final RunIndex runs = new RunIndex(arena);

    @AfterEach
    void close() {
        arena.close();
        memory.close();
    }

    private static StreamKey key(SplittableRandom random) {
        RecordKind[] kinds = RecordKind.values();
        long stream =
                switch (random.nextInt(4)) {
                    case 0 -> random.nextLong();
                    case 1 -> Long.MIN_VALUE + random.nextInt(50);
                    default -> random.nextLong(-1_000, 1_000);
                };
        return new StreamKey(kinds[random.nextInt(kinds.length)], 1 + random.nextInt(3), stream);
    }

    @Test
    void everyKeyHasOneRunAndKeepsIt(Seed seed) {
        SplittableRandom random = seed.random();
        Map<StreamKey, Integer> model = new HashMap<>();
        for (int i = 0; i < STEPS; i++) {
            StreamKey key = key(random);
            int run = runs.find(key.tag(), key.stream());
            assertThat(run).isEqualTo(model.getOrDefault(key, 0));
            if (random.nextBoolean()) {
                int added = runs.findOrAdd(key.tag(), key.stream());
                assertThat(run == 0 || run == added).isTrue();
                assertThat(runs.key(added)).isEqualTo(key);
                model.put(key, added);
            }
        }
        assertThat(runs.count()).isEqualTo(model.size());
        assertThat(model.values()).doesNotHaveDuplicates();
        requireListed(model);
    }

    @Test
    void aRunIsAddedOnceThereIsHeapForALargerTable() {
        List<String> options = List.of("-Xmx8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        try (ChildJvm child = ChildJvm.start(options, RunIndexProcess.class, List.of())) {
            String told = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            assertThat(told).startsWith("waited ").isNotEqualTo("waited 0 times");
        }
    }

    private void requireListed(Map<StreamKey, Integer> model) {
        assertThat(runs.tags())
                .isEqualTo(
                        model.keySet().stream()
                                .mapToInt(StreamKey::tag)
                                .distinct()
                                .sorted()
                                .toArray());
        for (int tag : runs.tags()) {
            assertThat(runs.streams(tag))
                    .isEqualTo(
                            model.keySet().stream()
                                    .filter(key -> key.tag() == tag)
                                    .mapToLong(StreamKey::stream)
                                    .sorted()
                                    .toArray());
        }
    }
}
