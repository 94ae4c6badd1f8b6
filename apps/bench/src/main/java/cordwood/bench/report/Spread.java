package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/**
 * One figure over the repeats of a run.
 *
 * @param median the middle value, or the mean of the middle two
 * @param lowest the least
 * @param highest the largest
 * @param count repeats that have the figure
 */
public record Spread(double median, double lowest, double highest, int count) {

    /** A figure over runs; NaN and 0 repeats where none has it. */
    public static Spread of(Figure figure, List<JsonObject> runs) {
        double[] values =
                runs.stream().mapToDouble(figure::of).filter(Double::isFinite).sorted().toArray();
        if (values.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        return new Spread(median(values), values[0], values[values.length - 1], values.length);
    }

    /** The median of values in any order. */
    public static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The largest distance of a repeat from the median, as a share of the median. */
    public double relative() {
        if (count == 0 || median == 0) {
            return 0;
        }
        return Math.max(highest - median, median - lowest) / Math.abs(median);
    }
}
