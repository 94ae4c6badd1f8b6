package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.lsm.LsmProvider;
import cordwood.rocksdb.RocksProvider;
import cordwood.store.GroupCommitter;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.history.Shrinker;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Random histories of loglets, compared step by step between the model and other stores. */
@ExtendWith(SeedExtension.class)
class RandomHistoriesTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int STEPS = 120;

    @TempDir private Path root;
    private int directories;

    private record Difference(int index, String expected, String found) {}

    private static HistoryReplay model() {
        ModelState state = new ModelState();
        return new HistoryReplay(() -> ModelStore.open(state, false));
    }

    private static HistoryReplay splitModel() {
        ModelState state = new ModelState();
        return new HistoryReplay(() -> ModelStore.open(state, true));
    }

    private static HistoryReplay steppedModel(Seed seed) {
        ModelState state = new ModelState();
        SeededSteps steps = new SeededSteps(seed);
        GroupCommitter.Limits limits = GroupCommitter.Limits.forInFlightBytes(16 << 20);
        return new HistoryReplay(() -> ModelStore.open(state, true, limits, steps), steps);
    }

    /** Stores of an engine, each in a directory of its own. */
    private Supplier<HistoryReplay> storesOf(StoreProvider provider) {
        return () -> {
            Path directory = root.resolve("store" + ++directories);
            StoreOptions options =
                    new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of());
            return new HistoryReplay(() -> provider.open(options));
        };
    }

    @Test
    void splittingBatchesChangesNothing(Seed seed) {
        compare(seed, LONG ? 1_000 : 40, RandomHistoriesTest::splitModel);
    }

    @Test
    void orderOfStepsChangesNothing(Seed seed) {
        compare(seed, LONG ? 1_000 : 40, () -> steppedModel(seed));
    }

    @Test
    void rocksdbBehavesLikeTheModel(Seed seed) {
        compare(seed, LONG ? 300 : 8, storesOf(new RocksProvider()));
    }

    @Test
    void lsmBehavesLikeTheModel(Seed seed) {
        compare(seed, LONG ? 300 : 8, storesOf(new LsmProvider()));
    }

    @Test
    void historiesMeetEveryStatusAndEveryKindOfEntry(Seed seed) {
        Set<String> wanted =
                new HashSet<>(
                        Set.of(
                                "OK",
                                "SEALED",
                                "SEQUENCER_MISMATCH",
                                "OUT_OF_BOUNDS",
                                "DROPPED",
                                "MALFORMED",
                                "DISABLED",
                                "waiting",
                                "TrimGap",
                                "FilteredGap",
                                "EXISTS",
                                "TRIMMED",
                                "Pair",
                                " 4294967294="));
        for (int i = 0; i < 200 && !wanted.isEmpty(); i++) {
            try (HistoryReplay replay = model()) {
                for (HistoryStep step : HistoryGenerator.history(seed.child(i), STEPS)) {
                    String seen = replay.run(step);
                    wanted.removeIf(seen::contains);
                }
            }
        }
        assertThat(wanted).as("never met").isEmpty();
    }

    private static void compare(Seed seed, int histories, Supplier<HistoryReplay> candidate) {
        for (int i = 0; i < histories; i++) {
            List<HistoryStep> history = HistoryGenerator.history(seed.child(i), STEPS);
            Difference difference = difference(history, candidate);
            if (difference != null) {
                throw new AssertionError(describe(history, difference, candidate));
            }
        }
    }

    private static String describe(
            List<HistoryStep> history, Difference first, Supplier<HistoryReplay> candidate) {
        List<HistoryStep> smallest =
                new Shrinker(300)
                        .shrink(
                                history.subList(0, first.index() + 1),
                                steps -> difference(steps, candidate) != null);
        Difference shown = difference(smallest, candidate);
        StringBuilder text = new StringBuilder("the loglets differ after this history:");
        smallest.forEach(step -> text.append("\n  ").append(step));
        Difference told = shown == null ? first : shown;
        return text.append("\nexpected at its last step: ")
                .append(told.expected())
                .append("\nfound: ")
                .append(told.found())
                .toString();
    }

    private static @Nullable Difference difference(
            List<HistoryStep> history, Supplier<HistoryReplay> candidate) {
        try (HistoryReplay right = model();
                HistoryReplay proved = candidate.get()) {
            for (int i = 0; i < history.size(); i++) {
                String expected = right.run(history.get(i));
                String found = proved.run(history.get(i));
                if (!expected.equals(found)) {
                    return new Difference(i, expected, found);
                }
            }
            return null;
        }
    }
}
