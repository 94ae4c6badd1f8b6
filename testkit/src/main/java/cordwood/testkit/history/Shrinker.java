package cordwood.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing list shorter by leaving out parts of it for as long as it still fails. */
public final class Shrinker {

    private int attemptsLeft;

    /** Tries at most so many lists. */
    public Shrinker(int attemptsMax) {
        attemptsLeft = attemptsMax;
    }

    /** A part of {@code failing} that fails as well; none smaller was found. */
    public <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails) {
        List<T> smallest = failing;
        for (int chunk = Math.max(1, failing.size() / 2); chunk >= 1; chunk /= 2) {
            boolean removed = true;
            while (removed) {
                int before = smallest.size();
                smallest = withoutChunks(smallest, chunk, fails);
                removed = chunk == 1 && smallest.size() < before;
            }
        }
        return smallest;
    }

    private <T> List<T> withoutChunks(List<T> failing, int chunk, Predicate<List<T>> fails) {
        List<T> smallest = failing;
        for (int end = smallest.size(); end > 0 && attemptsLeft > 0; end -= chunk) {
            int start = Math.max(0, end - chunk);
            List<T> shorter = new ArrayList<>(smallest.subList(0, start));
            shorter.addAll(smallest.subList(Math.min(end, smallest.size()), smallest.size()));
            attemptsLeft--;
            if (fails.test(shorter)) {
                smallest = shorter;
            }
        }
        return smallest;
    }
}
