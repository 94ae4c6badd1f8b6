package cordwood.cli;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.store.StoreOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.history.HistoryComparison;
import cordwood.testkit.history.HistoryGenerator;
import cordwood.testkit.history.HistoryShape;
import cordwood.testkit.history.HistoryStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** R10: the engines that store and the model show the same, whatever their options are. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class EnginesAgreeTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int OPTION_SETS = 20;
    private static final int HISTORIES_PER_SET = LONG ? 10 : 1;
    private static final HistoryShape SHAPE = HistoryShape.ofSteps(LONG ? 500 : 200);
    private static final long MIB = 1 << 20;

    /** Values from which each option of an engine is drawn; now and then it is left out. */
    private static final Map<String, Map<String, List<String>>> CHOICES =
            Map.of(
                    "lsm",
                    Map.of(
                            "memtable-size", List.of("64KiB", "128KiB", "1MiB", "4MiB"),
                            "wal-segment-size", List.of("64KiB", "256KiB", "1MiB"),
                            "block-size", List.of("1KiB", "4KiB", "32KiB", "256KiB"),
                            "block-cache-size", List.of("1MiB", "4MiB"),
                            "compression", List.of("lz4", "none"),
                            "cold-compression", List.of("none", "lz4", "deflate", "zstd")),
                    "rocksdb",
                    Map.of(
                            "block-size", List.of("1KiB", "4KiB", "256KiB"),
                            "enable-blob-separation", List.of("true", "false"),
                            "blob-min-size", List.of("1B", "50B", "1KiB"),
                            "disable-blob-compression", List.of("true", "false"),
                            "disable-wal-compression", List.of("true", "false"),
                            "disable-l0-l1-compression", List.of("true", "false"),
                            "disable-auto-compactions", List.of("true", "false"),
                            "disable-paranoid-checks", List.of("true", "false"),
                            "max-sub-compactions", List.of("1", "4"),
                            "write-batch-commit-count", List.of("1", "7")));

    @TempDir private Path root;
    private int stores;

    @Test
    void lsmAndRocksdbShowWhatTheModelShowsUnderTwentyOptionSets(Seed seed) {
        for (int set = 0; set < OPTION_SETS; set++) {
            SplittableRandom random = seed.child(set).random();
            StoreOptions lsm = options("lsm", random);
            StoreOptions rocksdb = options("rocksdb", random);
            for (int i = 0; i < HISTORIES_PER_SET; i++) {
                List<HistoryStep> history =
                        HistoryGenerator.history(new Seed(random.nextLong()), SHAPE);
                requireLikeTheModel("lsm", lsm, history);
                requireLikeTheModel("rocksdb", rocksdb, history);
            }
        }
    }

    private void requireLikeTheModel(
            String engine, StoreOptions options, List<HistoryStep> history) {
        try {
            new HistoryComparison(EnginesAgreeTest::model, () -> fresh(engine, options))
                    .check(history);
        } catch (AssertionError e) {
            throw new AssertionError(engine + " " + options + "\n" + e.getMessage(), e);
        }
    }

    private StoreUnderTest fresh(String engine, StoreOptions options) {
        Path directory = root.resolve("store" + ++stores);
        StoreOptions own =
                new StoreOptions(directory, options.memoryBudgetBytes(), options.engine());
        return new StoreUnderTest(() -> Engines.named(engine).open(own));
    }

    private static StoreUnderTest model() {
        ModelState state = new ModelState();
        return new StoreUnderTest(() -> ModelStore.open(state, false));
    }

    private StoreOptions options(String engine, SplittableRandom random) {
        Map<String, String> given = new HashMap<>();
        Map<String, List<String>> choices = CHOICES.getOrDefault(engine, Map.of());
        for (String key : choices.keySet().stream().sorted().toList()) {
            List<String> values = new ArrayList<>(choices.getOrDefault(key, List.of()));
            int chosen = random.nextInt(values.size() + 1);
            if (chosen < values.size()) {
                given.put(key, values.get(chosen));
            }
        }
        return new StoreOptions(root, random.nextLong(32, 128) * MIB, given);
    }
}
