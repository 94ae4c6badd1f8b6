package cordwood.bench.plan;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.Spread;
import java.util.List;
import java.util.Locale;

/**
 * Tells which runs met another disk than the rest: a run that wrote to it is void when one of its
 * floors is more than 15 % away from the median floor of all runs.
 */
final class FloorRule {

    /** Largest distance from the median, as a share of it. */
    static final double DISTANCE_MAX = 0.15;

    private static final List<String> FLOORS =
            List.of("io.floor_write_mb_per_second", "io.floor_sync_us");

    private FloorRule() {}

    /** Writes {@code void} and, where it is, {@code void_reason} into every run. */
    static void mark(List<JsonObject> runs) {
        for (JsonObject run : runs) {
            run.put("void", false);
        }
        for (String floor : FLOORS) {
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
                if (Math.abs(distance) > DISTANCE_MAX && wroteToDisk(run)) {
                    run.put("void", true);
                    run.put(
                            "void_reason",
                            String.format(
                                    Locale.ROOT,
                                    "%s is %.1f, %+.0f %% from the median %.1f",
                                    floor.substring("io.".length()),
                                    run.number(floor),
                                    distance * 100,
                                    median));
                }
            }
        }
    }

    private static boolean wroteToDisk(JsonObject run) {
        return run.numberOrNaN("io.write_amplification") > 0;
    }
}
