package cordwood.bench.report;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What the pool is held to: medians of its runs against those of others in the same result, and
 * bounds of its own. A figure that cannot be had does not hold.
 *
 * @param promises whether the pool is held against others, its memory to its level, and its longest
 *     allocations to a bound
 * @param deferredMax the most cells that may be freed and not taken in; empty for no bound
 * @param contentionMax percent of the allocations that may take over 1 µs, beyond what the empty
 *     operation shows; empty for no bound
 */
public record AllocGates(boolean promises, OptionalLong deferredMax, OptionalDouble contentionMax) {

    private static final long DEFERRED_DEFAULT = 100_000;
    private static final long DEFERRED_READ_DEFAULT = 1_000_000;

    /** The bound on contention where none is given. */
    public static final double CONTENTION_DEFAULT = 1;

    /** How far resident memory may move in the pool's turns, in percent. */
    private static final double DRIFT_MAX = 10;

    /** The longest that one allocation in 10,000 may take, where every thread has a core. */
    private static final double P9999_MICROS_MAX = 1_000;

    /** What is held to the gates. */
    private static final String POOL = "small_pool";

    private static final Figure RATE = Figure.RECORDS_PER_SECOND;

    /** Of cells freed by the thread that allocated them. */
    private static final List<Promise> LOCAL =
            List.of(
                    new Promise(RATE, "system", Side.AT_LEAST, 1.2),
                    new Promise(RATE, "mimalloc", Side.AT_LEAST, 0.65),
                    new Promise(RATE, "arena", Side.AT_LEAST, 5),
                    new Promise(RATE, "netty-pooled", Side.AT_LEAST, 2));

    /** Of cells freed by another thread. */
    private static final List<Promise> REMOTE =
            List.of(
                    new Promise(Figure.P99, "system", Side.AT_MOST, 0.7),
                    new Promise(Figure.P999, "system", Side.AT_MOST, 0.8),
                    new Promise(RATE, "mimalloc", Side.AT_LEAST, 0.8),
                    new Promise(Figure.P999, "mimalloc", Side.BELOW, 1));

    /** On which side of a bound a figure has to be. */
    private enum Side {
        AT_LEAST("at least "),
        AT_MOST("at most "),
        BELOW("below ");

        private final String words;

        Side(String words) {
            this.words = words;
        }
    }

    /**
     * A ratio that is promised.
     *
     * @param other whom the pool is held against, called directly too
     * @param side where the ratio lies of the bound
     */
    private record Promise(Figure figure, String other, Side side, double bound) {

        boolean isAbout(String store) {
            return store.equals(other) || store.equals(other + "-bare");
        }

        Verdict verdict(Comparison comparison, String store) {
            double ratio =
                    Spread.of(figure, comparison.runs(POOL)).median()
                            / Spread.of(figure, comparison.runs(store)).median();
            String name = figure == RATE ? "cells/s" : figure.key() + " of an allocation";
            return Verdict.of("%s, of %s's".formatted(name, store), ratio, side, bound);
        }
    }

    /**
     * What a gate says.
     *
     * @param gate what is looked at
     * @param bound what it is held to
     * @param measured what was found
     * @param holds whether it keeps the bound
     */
    public record Verdict(String gate, String bound, String measured, boolean holds) {

        private static Verdict of(String gate, double measured, Side side, double bound) {
            return new Verdict(
                    gate,
                    side.words + number(bound),
                    number(measured),
                    switch (side) {
                        case AT_LEAST -> measured >= bound;
                        case AT_MOST -> measured <= bound;
                        case BELOW -> measured < bound;
                    });
        }

        private static String number(double value) {
            return value == Math.rint(value) && Math.abs(value) >= 10
                    ? String.format(Locale.ROOT, "%,.0f", value)
                    : String.format(Locale.ROOT, "%.3f", value);
        }
    }

    /** The bound on deferred cells where none is given: pins hold cells back. */
    public static long deferredDefault(boolean read) {
        return read ? DEFERRED_READ_DEFAULT : DEFERRED_DEFAULT;
    }

    /** Whether nothing is gated. */
    public boolean isEmpty() {
        return !promises && deferredMax.isEmpty() && contentionMax.isEmpty();
    }

    /**
     * Refuses allocators among which there is nothing to hold.
     *
     * @throws BenchException of kind usage
     */
    public void requireApplicable(List<String> allocators) {
        if (!isEmpty() && !allocators.contains(POOL)) {
            throw BenchException.usage(
                    "--gate: it is %s that is held to the gates, and --allocator leaves it out"
                            .formatted(POOL));
        }
    }

    /** Every gate that the runs let be checked. */
    public List<Verdict> verdicts(List<JsonObject> runs) {
        Comparison comparison = new Comparison(runs);
        List<JsonObject> own = comparison.runs(POOL);
        List<Verdict> verdicts = new ArrayList<>();
        if (promises) {
            boolean remote = own.getFirst().number("config.remote_share") > 0;
            for (Promise promise : remote ? REMOTE : LOCAL) {
                comparison.stores().stream()
                        .filter(promise::isAbout)
                        .forEach(store -> verdicts.add(promise.verdict(comparison, store)));
            }
            verdicts.add(
                    atMost(
                            "resident memory, moved by percent",
                            own,
                            DRIFT_MAX,
                            run -> Math.abs(run.numberOrNaN("alloc.rss_drift_percent"))));
            if (hasCoreForEachThread(own.getFirst())) {
                verdicts.add(
                        atMost(
                                "p9999 of an allocation, µs",
                                own,
                                P9999_MICROS_MAX,
                                run -> run.numberOrNaN("latency_us.p9999")));
            }
        }
        deferredMax.ifPresent(bound ->
                verdicts.add(
                        atMost(
                                "deferred cells",
                                own,
                                (double) bound,
                                run -> run.numberOrNaN("alloc.deferred_max"))));
        contentionMax.ifPresent(bound ->
                verdicts.add(
                        atMost(
                                "allocations over 1 µs, percent",
                                own,
                                bound,
                                run -> run.numberOrNaN("alloc.contention_percent"))));
        return verdicts;
    }

    /** Otherwise the figure tells how long the system lets a thread wait for a core. */
    private static boolean hasCoreForEachThread(JsonObject run) {
        long producers = run.whole("config.concurrency");
        long consumers = run.number("config.remote_share") > 0 ? producers : 0;
        long threads = producers + consumers + run.whole("config.readers");
        return threads <= Runtime.getRuntime().availableProcessors();
    }

    private static Verdict atMost(
            String gate, List<JsonObject> runs, double bound, ToDoubleFunction<JsonObject> figure) {
        double[] values = runs.stream().mapToDouble(figure).toArray();
        return Verdict.of(gate, Spread.median(values), Side.AT_MOST, bound);
    }

    /** The bounds of the pool's own, in one line. */
    public String describe() {
        List<String> parts = new ArrayList<>();
        if (promises) {
            parts.add("the promises against others");
            parts.add(String.format(Locale.ROOT, "resident memory ±%.0f %%", DRIFT_MAX));
            parts.add(
                    String.format(
                            Locale.ROOT,
                            "p9999 of an allocation at most %,.0f µs with a core for each thread",
                            P9999_MICROS_MAX));
        }
        deferredMax.ifPresent(bound ->
                parts.add(String.format(Locale.ROOT, "deferred cells at most %,d", bound)));
        contentionMax.ifPresent(bound ->
                parts.add("allocations over 1 µs at most %s %%".formatted(Tables.number(bound))));
        return String.join("; ", parts);
    }
}
