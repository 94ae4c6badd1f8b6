package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of allocators side by side. */
public final class AllocTables {

    private static final List<String> PERCENTILES =
            List.of("p50", "p95", "p99", "p999", "p9999", "max");

    private AllocTables() {}

    /** What was asked for, in one line. */
    public static String header(JsonObject config) {
        return String.format(
                Locale.ROOT,
                "cells of %s B, lifetime %d, burst %d, %d producer%s (closed loop), %s, %s",
                config.text("sizes"),
                config.whole("lifetime"),
                config.whole("burst"),
                config.whole("concurrency"),
                config.whole("concurrency") == 1 ? "" : "s",
                config.number("remote_share") == 0
                        ? "freed where they were allocated"
                        : String.format(
                                Locale.ROOT,
                                "%.3g %% freed by as many other threads, handed over %d at a time",
                                config.number("remote_share") * 100,
                                config.whole("hand_over_cells")),
                config.whole("readers") == 0
                        ? "no readers"
                        : "%d readers pinned for %d ms, cells retired"
                                .formatted(config.whole("readers"), config.whole("pin_ms")));
    }

    /** Every table of a result, each ending with a line feed. */
    public static String all(List<JsonObject> runs) {
        Comparison comparison = new Comparison(runs);
        return String.join(
                "\n",
                cells(comparison),
                latency(comparison, "Allocation, ns", "latency_us", "alloc.allocations_over_1us"),
                latency(
                        comparison,
                        "Free, ns",
                        "operations.free.latency_us",
                        "alloc.frees_over_1us"),
                clock(comparison),
                described(comparison),
                "");
    }

    private static String cells(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (String store : comparison.stores()) {
            List<JsonObject> runs = comparison.runs(store);
            rows.add(
                    List.of(
                            store,
                            String.format(
                                    Locale.ROOT,
                                    "%.2f ±%.0f %%",
                                    median(runs, "records_per_second") / 1e6,
                                    Spread.of(Figure.RECORDS_PER_SECOND, runs).relative() * 100),
                            number(median(runs, "alloc.ns_per_cell")),
                            Tables.number(median(runs, "alloc.deferred_max")),
                            Tables.megabytes(median(runs, "engine.pool_peak_bytes")),
                            Tables.megabytes(median(runs, "memory.rss_bytes")),
                            Tables.megabytes(median(runs, "alloc.rss_grown_bytes"))));
        }
        return Tables.of(
                List.of(
                        "Medians of " + comparison.runs(comparison.stores().getFirst()).size(),
                        "M cells/s",
                        "ns per cell",
                        "deferred, most",
                        "pool, most",
                        "RSS of all",
                        "grown by"),
                rows);
    }

    private static String latency(
            Comparison comparison, String title, String path, String sharePath) {
        List<String> headers = new ArrayList<>(List.of(title));
        headers.addAll(PERCENTILES);
        headers.add("over 1 µs, %");
        List<List<String>> rows = new ArrayList<>();
        for (String store : comparison.stores()) {
            rows.add(latencyRow(store, comparison.runs(store), path, sharePath));
        }
        rows.add(
                latencyRow(
                        "(empty operation)",
                        comparison.runs(comparison.stores().getFirst()),
                        "operations.empty.latency_us",
                        "alloc.empty_over_1us"));
        return Tables.of(headers, rows);
    }

    private static List<String> latencyRow(
            String name, List<JsonObject> runs, String path, String sharePath) {
        List<String> row = new ArrayList<>(List.of(name));
        for (String percentile : PERCENTILES) {
            row.add(Tables.number(Math.rint(median(runs, path + "." + percentile) * 1e3)));
        }
        row.add(String.format(Locale.ROOT, "%.4f", median(runs, sharePath) * 100));
        return row;
    }

    private static String clock(Comparison comparison) {
        List<JsonObject> runs = comparison.runs(comparison.stores().getFirst());
        return String.format(
                Locale.ROOT,
                "Every timed call includes the clock: see the empty operation. A reading takes %.1f ns and"
                        + " moves in steps of %.0f ns.%n",
                median(runs, "alloc.timer_ns"),
                median(runs, "alloc.timer_resolution_ns"));
    }

    private static String described(Comparison comparison) {
        StringBuilder lines = new StringBuilder();
        for (String store : comparison.stores()) {
            String what = comparison.runs(store).getFirst().text("alloc.description");
            lines.append("  %s: %s%n".formatted(store, what));
        }
        return lines.toString();
    }

    /** The pool's counters in the run nearest to its median. */
    public static String counters(List<JsonObject> runs, String store) {
        JsonObject run = new Comparison(runs).medianRun(store);
        Tables.Rows rows = new Tables.Rows();
        for (String name : run.object("engine").names()) {
            rows.add(name, Tables.text(run.object("engine").field(name)));
        }
        return rows.table("Counters of " + store) + "\n";
    }

    /** What the gates say. */
    public static String gates(List<AllocGates.Verdict> verdicts) {
        List<List<String>> rows = new ArrayList<>();
        for (AllocGates.Verdict verdict : verdicts) {
            rows.add(
                    List.of(
                            verdict.gate(),
                            verdict.bound(),
                            verdict.measured(),
                            verdict.holds() ? "holds" : "FELL SHORT"));
        }
        return Tables.of(List.of("Gate", "bound", "measured", "verdict"), rows) + "\n";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static double median(List<JsonObject> runs, String path) {
        double[] values =
                runs.stream()
                        .mapToDouble(run -> run.numberOrNaN(path))
                        .filter(Double::isFinite)
                        .toArray();
        return values.length == 0 ? Double.NaN : Spread.median(values);
    }
}
