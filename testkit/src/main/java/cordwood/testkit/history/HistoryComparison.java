package cordwood.testkit.history;

import cordwood.testkit.Seed;
import cordwood.testkit.StoreUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replays histories on a store that is right and one that is to be proved, and fails with the
 * smallest history found on which they differ.
 */
public final class HistoryComparison {

    private static final int SHRINK_ATTEMPTS_MAX = 600;

    /** The first step on which the stores differ. */
    private record Difference(int index, String expected, String found) {}

    private final Supplier<StoreUnderTest> reference;
    private final Supplier<StoreUnderTest> candidate;

    /**
     * Compares stores of two kinds.
     *
     * @param reference gives a fresh empty store each time, which is right
     * @param candidate gives a fresh empty store each time, which is to be proved
     */
    public HistoryComparison(
            Supplier<StoreUnderTest> reference, Supplier<StoreUnderTest> candidate) {
        this.reference = reference;
        this.candidate = candidate;
    }

    /** Draws and compares histories, each from a child of the seed. */
    public void check(Seed seed, int histories, HistoryShape shape) {
        for (int i = 0; i < histories; i++) {
            check(HistoryGenerator.history(seed.child(i), shape));
        }
    }

    /**
     * Compares the stores on one history.
     *
     * @throws AssertionError when they differ, with the shrunk history
     */
    public void check(List<HistoryStep> history) {
        Difference difference = difference(history);
        if (difference == null) {
            return;
        }
        List<HistoryStep> smallest = shrink(history.subList(0, difference.index() + 1));
        Difference shown = difference(smallest);
        throw new AssertionError(
                describe(smallest, shown == null ? difference : shown)
                        + (shown == null ? "\n(it does not happen every time)" : ""));
    }

    private List<HistoryStep> shrink(List<HistoryStep> history) {
        Shrinker shrinker = new Shrinker(SHRINK_ATTEMPTS_MAX);
        List<HistoryStep> smallest =
                new ArrayList<>(shrinker.shrink(history, steps -> difference(steps) != null));
        for (int i = 0; i < smallest.size(); i++) {
            if (smallest.get(i) instanceof HistoryStep.Write write) {
                int at = i;
                List<HistoryEntry> entries =
                        shrinker.shrink(
                                write.entries(),
                                fewer -> !fewer.isEmpty() && differsWith(smallest, at, fewer));
                smallest.set(i, new HistoryStep.Write(entries, write.level()));
            }
        }
        return smallest;
    }

    private boolean differsWith(List<HistoryStep> history, int at, List<HistoryEntry> entries) {
        if (!(history.get(at) instanceof HistoryStep.Write write)) {
            return false;
        }
        List<HistoryStep> changed = new ArrayList<>(history);
        changed.set(at, new HistoryStep.Write(entries, write.level()));
        return difference(changed) != null;
    }

    private @Nullable Difference difference(List<HistoryStep> history) {
        try (HistoryReplay right = new HistoryReplay(reference.get());
                HistoryReplay proved = new HistoryReplay(candidate.get())) {
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

    private static String describe(List<HistoryStep> history, Difference difference) {
        StringBuilder text = new StringBuilder("the stores differ after this history:");
        for (HistoryStep step : history) {
            text.append("\n  ").append(step);
        }
        return text.append("\nexpected at its last step: ")
                .append(difference.expected())
                .append("\nfound: ")
                .append(difference.found())
                .toString();
    }
}
