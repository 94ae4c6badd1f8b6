package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The stores of one result beside each other: medians over the repeats that count, spreads, and
 * ratios.
 */
public final class Comparison {

    private final Map<String, List<JsonObject>> runsByStore = new LinkedHashMap<>();

    /**
     * Compares runs. Those that are void, interrupted or failed are left out, except where that
     * would leave less than half of a store's repeats: then all of its runs count, and {@link
     * #unfitness} tells why no verdict can be based on them.
     */
    public Comparison(List<JsonObject> runs) {
        for (JsonObject run : runs) {
            runsByStore.computeIfAbsent(run.text("store"), _ -> new ArrayList<>()).add(run);
        }
        runsByStore.replaceAll((_, all) -> {
            List<JsonObject> valid = all.stream().filter(run -> unfitness(run).isEmpty()).toList();
            long repeats = all.stream().map(run -> run.find("repeat")).distinct().count();
            boolean tooFew = valid.isEmpty() || valid.size() * 2L < repeats;
            return tooFew ? List.copyOf(all) : valid;
        });
    }

    /** The stores, in the order they first ran. */
    public List<String> stores() {
        return List.copyOf(runsByStore.keySet());
    }

    /** Whether runs of a store count although they are void. */
    public boolean countsVoidRuns(String store) {
        return runs(store).stream().anyMatch(run -> run.isTrue("void"));
    }

    /**
     * What keeps the runs of a store that count from a verdict: {@code void}; empty for nothing.
     */
    String unfitness(String store) {
        return runs(store).stream()
                .map(Comparison::unfitness)
                .filter(why -> !why.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String unfitness(JsonObject run) {
        if (run.has("failure")) {
            return "failed";
        }
        return run.isTrue("interrupted") ? "interrupted" : run.isTrue("void") ? "void" : "";
    }

    /** A store with what its acknowledgements were worth: {@code lsm, durable}. */
    String title(String store) {
        JsonObject run = runs(store).getFirst();
        String weakest = ShownDurability.weakest(runs(store));
        JsonObject shown =
                new JsonObject().put("durability", weakest).put("config", run.find("config"));
        String durability = RunTables.durability(shown);
        return durability.isEmpty() ? store : store + ", " + durability;
    }

    /** The runs of a store that count. */
    public List<JsonObject> runs(String store) {
        return runsByStore.getOrDefault(store, List.of());
    }

    /**
     * The {@code comparison} of a result file: per figure the median of each store, the ratio of
     * the first store's to the second's where there are two, and each store's spread.
     */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        for (Figure figure : Figure.values()) {
            JsonObject medians = new JsonObject();
            JsonObject spreads = new JsonObject();
            List<Double> values = new ArrayList<>();
            runsByStore.forEach((store, runs) -> {
                Spread spread = Spread.of(figure, runs);
                medians.put(store, spread.median());
                spreads.put(store, spread.relative());
                values.add(spread.median());
            });
            if (values.size() == 2) {
                medians.put("ratio", values.get(0) / values.get(1));
            } else if (values.size() > 2) {
                medians.put("ratios", ratiosToFirst(values));
            }
            json.put(figure.key(), medians.put("spread", spreads));
        }
        return json;
    }

    private JsonObject ratiosToFirst(List<Double> values) {
        List<String> stores = stores();
        JsonObject ratios = new JsonObject();
        for (int i = 1; i < stores.size(); i++) {
            ratios.put(stores.getFirst() + "/" + stores.get(i), values.getFirst() / values.get(i));
        }
        return ratios;
    }

    /** A row per figure, a column per store, ending with a line feed. */
    public String table() {
        List<String> stores = stores();
        List<String> headers = new ArrayList<>(List.of("Medians"));
        for (String store : stores) {
            headers.add("%s (%d runs)".formatted(store, runs(store).size()));
        }
        if (stores.size() == 2) {
            headers.add("ratio");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Figure figure : Figure.SHOWN) {
            List<String> row = new ArrayList<>(List.of(figure.key()));
            List<Double> medians = new ArrayList<>();
            for (List<JsonObject> runs : runsByStore.values()) {
                Spread spread = Spread.of(figure, runs);
                medians.add(spread.median());
                row.add(cell(spread));
            }
            if (stores.size() == 2) {
                double ratio = medians.get(0) / medians.get(1);
                row.add(Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "-");
            }
            if (medians.stream().anyMatch(Double::isFinite)) {
                rows.add(row);
            }
        }
        return Tables.of(headers, rows) + "\n";
    }

    /** A median with how far its repeats lie from it. */
    static String cell(Spread spread) {
        String median = Tables.number(spread.median());
        return spread.count() < 2
                ? median
                : String.format(Locale.ROOT, "%s ±%.0f %%", median, spread.relative() * 100);
    }

    /** The run of a store whose records per second are nearest to the store's median. */
    public JsonObject medianRun(String store) {
        List<JsonObject> runs = runs(store);
        double median = Spread.of(Figure.RECORDS_PER_SECOND, runs).median();
        JsonObject nearest = runs.getFirst();
        for (JsonObject run : runs) {
            if (distance(run, median) < distance(nearest, median)) {
                nearest = run;
            }
        }
        return nearest;
    }

    private static double distance(JsonObject run, double median) {
        return Math.abs(Figure.RECORDS_PER_SECOND.of(run) - median);
    }
}
