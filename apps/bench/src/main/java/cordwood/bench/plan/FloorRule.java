package cordwood.bench.plan;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.Floors;
import cordwood.bench.report.Spread;
import java.util.List;
import java.util.Locale;

/**
 * Tells which runs met another machine than the rest: a run is void when a floor of its own, of the
 * disk it wrote to or of the processor, is more than 15 % away from the median floor of all runs.
 */
public final class FloorRule {

    private FloorRule() {}

    /**
     * Writes {@code void} and, where it is, {@code void_reason} into every run, by the floors that
     * matter to it.
     */
    static void mark(List<JsonObject> runs) {
        mark(runs, Floors.OF_STORES);
    }

    /** The same, by the processor's floor. */
    public static void markByProcessor(List<JsonObject> runs) {
        mark(runs, Floors.OF_PROCESSOR);
    }

    private static void mark(List<JsonObject> runs, List<String> floors) {
        for (JsonObject run : runs) {
            run.put("void", false);
        }
        for (String floor : floors) {
            double[] known =
                    runs.stream()
                            .mapToDouble(run -> run.numberOrNaN(floor))
                            .filter(Double::isFinite)
                            .toArray();
            if (known.length < 2) {
                continue;
            }
            double median = Spread.median(known);
            for (JsonObject run : runs) {
                double distance = run.numberOrNaN(floor) / median - 1;
                if (Math.abs(distance) > Floors.DISTANCE_MAX && Floors.counts(floor, run)) {
                    run.put("void", true);
                    run.put(
                            "void_reason",
                            String.format(
                                    Locale.ROOT,
                                    "%s is %.1f, %+.0f %% from the median %.1f",
                                    floor.substring(floor.indexOf('.') + 1),
                                    run.number(floor),
                                    distance * 100,
                                    median));
                }
            }
        }
    }
}
