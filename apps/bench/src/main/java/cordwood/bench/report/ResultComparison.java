package cordwood.bench.report;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Two results beside each other: is the second faster, slower, or within the noise? */
public final class ResultComparison {

    /** The least change that is called one, however little the repeats differ. */
    static final double NOISE_MIN = 0.02;

    /** The noise assumed where a single run says nothing about it. */
    static final double NOISE_UNKNOWN = 0.10;

    /** What must agree: without it two figures are not about the same thing. */
    private static final List<String> WORKLOAD_KEYS =
            List.of(
                    "durability",
                    "config.in_flight",
                    "config.payload",
                    "config.payload_size",
                    "config.entropy",
                    "config.key_style",
                    "config.records_per_batch",
                    "config.target",
                    "config.sizes",
                    "config.lifetime",
                    "config.remote_share",
                    "config.readers",
                    "config.pin_ms",
                    "config.burst",
                    "config.concurrency");

    /** Names and seeds may differ where the bytes do not; a file's bytes are told by their sum. */
    private static final String CHECKSUM_KEY = "config.payload_checksum";

    private static final List<String> MACHINE_KEYS =
            List.of("environment.cpu", "environment.cores", "environment.filesystem");

    /** What may differ, and is worth knowing. */
    private static final List<String> NOTED_KEYS =
            List.of("config.num_loglets", "config.memory_budget_bytes", "config.warmup_records");

    private final JsonObject before;
    private final JsonObject after;
    private final Comparison runsBefore;
    private final Comparison runsAfter;
    private final Map<String, String> pairs;

    /**
     * Pairs the stores of two results by name; where each has one store only, those two.
     *
     * @throws BenchException of kind usage when nothing can be paired
     */
    public ResultComparison(JsonObject before, JsonObject after) {
        this.before = before;
        this.after = after;
        this.runsBefore = new Comparison(before.objects("runs"));
        this.runsAfter = new Comparison(after.objects("runs"));
        this.pairs = pair();
    }

    private Map<String, String> pair() {
        List<String> first = runsBefore.stores();
        List<String> second = runsAfter.stores();
        Map<String, String> paired = new LinkedHashMap<>();
        for (String store : first) {
            if (second.contains(store)) {
                paired.put(store, store);
            }
        }
        if (paired.isEmpty() && first.size() == 1 && second.size() == 1) {
            paired.put(first.getFirst(), second.getFirst());
        }
        if (paired.isEmpty()) {
            throw BenchException.usage(
                    "nothing to compare: the first file holds runs of %s, the second of %s"
                            .formatted(first, second));
        }
        return paired;
    }

    /** What forbids a comparison, a line each; empty where nothing does. */
    public List<String> differences() {
        List<String> differences = new ArrayList<>();
        if (!Objects.equals(before.find("command"), after.find("command"))) {
            differences.add(difference("command", before.find("command"), after.find("command")));
        }
        for (String key : MACHINE_KEYS) {
            addDifference(differences, key, before.find(key), after.find(key));
        }
        forEachPair((store, first, second) -> {
            for (String key : WORKLOAD_KEYS) {
                addDifference(differences, key, first.find(key), second.find(key));
            }
            if (!"generated".equals(first.find("config.payload"))) {
                addDifference(
                        differences,
                        CHECKSUM_KEY,
                        first.find(CHECKSUM_KEY),
                        second.find(CHECKSUM_KEY));
            }
        });
        return List.copyOf(new TreeSet<>(differences));
    }

    /** What else is not alike, a line each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        forEachPair((store, first, second) -> {
            for (String key : NOTED_KEYS) {
                addDifference(notes, key, first.find(key), second.find(key));
            }
        });
        return List.copyOf(new TreeSet<>(notes));
    }

    private interface PairAction {
        void accept(String store, JsonObject first, JsonObject second);
    }

    private void forEachPair(PairAction action) {
        pairs.forEach((first, second) ->
                action.accept(first, runsBefore.medianRun(first), runsAfter.medianRun(second)));
    }

    private static void addDifference(
            List<String> differences, String key, @Nullable Object first, @Nullable Object second) {
        if (!Objects.equals(first, second)) {
            differences.add(difference(key, first, second));
        }
    }

    private static String difference(String key, @Nullable Object first, @Nullable Object second) {
        String name = key.substring(key.indexOf('.') + 1);
        return "%s (%s and %s)".formatted(name, Tables.text(first), Tables.text(second));
    }

    /** A verdict on one figure. */
    enum Verdict {
        FASTER("faster"),
        SLOWER("slower"),
        WITHIN_NOISE("within noise"),
        UNKNOWN("-");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        /**
         * Judges a change.
         *
         * @param noise the share up to which a change says nothing
         */
        static Verdict of(Figure figure, double change, double noise) {
            if (!Double.isFinite(change)) {
                return UNKNOWN;
            }
            if (Math.abs(change) <= noise) {
                return WITHIN_NOISE;
            }
            return change > 0 == figure.higherIsBetter() ? FASTER : SLOWER;
        }
    }

    /** The share up to which a change between two spreads says nothing. */
    static double noise(Spread first, Spread second) {
        if (first.count() < 2 || second.count() < 2) {
            return NOISE_UNKNOWN;
        }
        return Math.max(NOISE_MIN, Math.max(first.relative(), second.relative()));
    }

    private static double change(Spread first, Spread second) {
        if (first.median() == 0 && second.median() == 0) {
            return 0;
        }
        return second.median() / first.median() - 1;
    }

    /** A table per pair of stores, with medians, spreads and verdicts. */
    public String tables() {
        StringBuilder text = new StringBuilder();
        pairs.forEach((firstStore, secondStore) -> {
            List<List<String>> rows = new ArrayList<>();
            for (Figure figure : Figure.values()) {
                Spread first = spread(runsBefore, firstStore, figure);
                Spread second = spread(runsAfter, secondStore, figure);
                double change = change(first, second);
                rows.add(
                        List.of(
                                figure.key(),
                                Comparison.cell(first),
                                Comparison.cell(second),
                                Tables.signedPercent(change),
                                Verdict.of(figure, change, noise(first, second)).text));
            }
            String title =
                    firstStore.equals(secondStore) ? firstStore : firstStore + " / " + secondStore;
            List<String> headers = List.of(title, "first", "second", "change", "verdict");
            text.append(Tables.of(headers, rows)).append('\n');
        });
        return text.toString();
    }

    /** The gates that fall short, a line each. */
    public List<String> failures(List<Gate> gates) {
        List<String> failures = new ArrayList<>();
        pairs.forEach((firstStore, secondStore) -> {
            for (Gate gate : gates) {
                Spread first = spread(runsBefore, firstStore, gate.figure());
                Spread second = spread(runsAfter, secondStore, gate.figure());
                double change = change(first, second);
                if (gate.fails(change)) {
                    failures.add(
                            String.format(
                                    Locale.ROOT,
                                    "%s fell short of %s: %s to %s, %s",
                                    secondStore,
                                    gate,
                                    Tables.number(first.median()),
                                    Tables.number(second.median()),
                                    Tables.signedPercent(change)));
                }
            }
        });
        return failures;
    }

    private static Spread spread(Comparison runs, String store, Figure figure) {
        return Spread.of(figure, runs.runs(store));
    }
}
