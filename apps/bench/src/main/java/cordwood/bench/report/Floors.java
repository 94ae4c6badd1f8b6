package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/** The floors that tell whether runs met the same machine. */
public final class Floors {

    /** Largest distance from the median, as a share of it. */
    public static final double DISTANCE_MAX = 0.15;

    /** Of the disk; they count for runs that wrote to it. */
    public static final List<String> OF_DISK =
            List.of("io.floor_write_mb_per_second", "io.floor_sync_us");

    /** Of the processor. */
    public static final List<String> OF_PROCESSOR = List.of("alloc.floor_step_ns");

    /** Of a machine whose stores are read. */
    static final List<String> OF_READS =
            List.of("cpu.floor_step_ns", "io.floor_read_mb_per_second", "io.floor_read_us");

    /** All that count for runs with stores. */
    public static final List<String> OF_STORES = joined(OF_DISK, OF_READS);

    static final List<String> ALL = joined(OF_STORES, OF_PROCESSOR);

    private Floors() {}

    private static List<String> joined(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    /** The median of a floor over the runs that it counts for; NaN where there is none. */
    static double median(String floor, List<JsonObject> runs) {
        double[] known =
                runs.stream()
                        .filter(run -> counts(floor, run))
                        .mapToDouble(run -> run.numberOrNaN(floor))
                        .filter(Double::isFinite)
                        .toArray();
        return known.length == 0 ? Double.NaN : Spread.median(known);
    }

    /** Whether a floor counts for any of the runs. */
    static boolean counts(String floor, List<JsonObject> runs) {
        return runs.stream().anyMatch(run -> counts(floor, run));
    }

    /** Whether a floor counts for a run. */
    public static boolean counts(String floor, JsonObject run) {
        return !OF_DISK.contains(floor) || wroteToDisk(run);
    }

    /** Whether the disk can have mattered: it did not where nothing was written. */
    private static boolean wroteToDisk(JsonObject run) {
        return Figure.WRITE_AMPLIFICATION.of(run) != 0; // unknown is NaN
    }
}
