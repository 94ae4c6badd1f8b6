package cordwood.bench.report;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two results beside each other: is the second faster, slower, or within the noise? Only runs that
 * came to their end on the same disk as the rest are judged.
 */
public final class ResultComparison {

    private static final List<String> SIDES = List.of("first", "second");

    private final JsonObject before;
    private final JsonObject after;
    private final Comparison runsBefore;
    private final Comparison runsAfter;
    private final Map<String, String> pairs;
    private final Differences differences;

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
        this.differences = new Differences(before, after);
        pairs.forEach((first, second) ->
                differences.addRuns(runsBefore.runs(first), runsAfter.runs(second)));
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
        return differences.forbidding();
    }

    /** What else is not alike, and what gets no verdict, a line each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        differences.noted().forEach(line -> notes.add("they differ in " + line));
        List<JsonObject> results = List.of(before, after);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).isTrue("interrupted")) {
                notes.add("the %s file's bench was interrupted".formatted(SIDES.get(i)));
            }
            if (results.get(i).has("failure")) {
                notes.add("the %s file's bench failed".formatted(SIDES.get(i)));
            }
        }
        notes.addAll(unpaired());
        pairs.forEach((first, second) -> notes.addAll(unfit(first, second)));
        return notes;
    }

    /** The stores that only one side has. */
    private List<String> unpaired() {
        List<String> lines = new ArrayList<>();
        for (String store : runsBefore.stores()) {
            if (!pairs.containsKey(store)) {
                lines.add("the second file has no runs of " + store);
            }
        }
        for (String store : runsAfter.stores()) {
            if (!pairs.containsValue(store)) {
                lines.add("the first file has no runs of " + store);
            }
        }
        return lines;
    }

    /** Why a pair gets no verdict, a line per side; empty where it gets one. */
    private List<String> unfit(String firstStore, String secondStore) {
        List<String> whys =
                List.of(runsBefore.unfitness(firstStore), runsAfter.unfitness(secondStore));
        List<String> stores = List.of(firstStore, secondStore);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < whys.size(); i++) {
            if (!whys.get(i).isEmpty()) {
                lines.add(
                        "no verdict on %s: too many of the %s file's runs are %s"
                                .formatted(stores.get(i), SIDES.get(i), whys.get(i)));
            }
        }
        return lines;
    }

    /** A table per pair of stores, with medians, spreads and verdicts. */
    public String tables() {
        StringBuilder text = new StringBuilder();
        pairs.forEach((firstStore, secondStore) -> {
            boolean isJudged = unfit(firstStore, secondStore).isEmpty();
            List<List<String>> rows = new ArrayList<>();
            for (Figure figure : Figure.values()) {
                Spread first = spread(runsBefore, firstStore, figure);
                Spread second = spread(runsAfter, secondStore, figure);
                if (first.count() + second.count() == 0) {
                    continue;
                }
                Verdict verdict = isJudged ? Verdict.of(figure, first, second) : Verdict.NONE;
                rows.add(
                        List.of(
                                figure.key(),
                                Comparison.cell(first),
                                Comparison.cell(second),
                                Tables.signedPercent(change(first, second)),
                                verdict.text()));
            }
            List<String> headers = new ArrayList<>(List.of(title(firstStore, secondStore)));
            headers.addAll(SIDES);
            headers.addAll(List.of("change", "verdict"));
            text.append(Tables.of(headers, rows)).append('\n');
        });
        return text.toString();
    }

    private String title(String firstStore, String secondStore) {
        String first = runsBefore.title(firstStore);
        String second = runsAfter.title(secondStore);
        return first.equals(second) ? first : first + " / " + second;
    }

    private static double change(Spread first, Spread second) {
        if (first.median() == 0 && second.median() == 0) {
            return 0;
        }
        return second.median() / first.median() - 1;
    }

    /** The gates that fall short, a line each: those that cannot be checked do, too. */
    public List<String> failures(List<Gate> gates) {
        if (gates.isEmpty()) {
            return List.of();
        }
        List<String> failures = new ArrayList<>();
        unpaired().forEach(line -> failures.add("the gates fell short: " + line));
        pairs.forEach((firstStore, secondStore) -> {
            List<String> unfit = unfit(firstStore, secondStore);
            unfit.forEach(line -> failures.add("the gates fell short: " + line));
            for (Gate gate : gates) {
                Spread first = spread(runsBefore, firstStore, gate.figure());
                Spread second = spread(runsAfter, secondStore, gate.figure());
                double change = change(first, second);
                if (unfit.isEmpty() && gate.fails(change)) {
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
