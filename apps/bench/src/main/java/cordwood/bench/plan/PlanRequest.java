package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.run.RunConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person asked to be measured.
 *
 * @param runs one configuration per store, in the order given; the directories of those that need
 *     their own are still to be chosen, and may be empty
 * @param repeatCount how often each is measured, at least 1
 * @param directory where the stores live, or null for a temporary directory
 * @param retainDirectories whether directories that were made for this are kept
 * @param resultFile where the result goes, or null
 * @param commandLine what was typed
 * @param jvmFlags the flags of the measuring JVMs
 * @param seed the seed that payload or places came from
 */
public record PlanRequest(
        List<? extends RunConfig> runs,
        int repeatCount,
        @Nullable Path directory,
        boolean retainDirectories,
        @Nullable Path resultFile,
        String commandLine,
        List<String> jvmFlags,
        long seed) {

    /** Most repeats. */
    public static final int REPEATS_MAX = 1_000;

    /** Checks the repeats, and that there is something to run. */
    public PlanRequest {
        if (repeatCount < 1 || repeatCount > REPEATS_MAX) {
            throw BenchException.usage(
                    "%d repeats is outside 1 to %d".formatted(repeatCount, REPEATS_MAX));
        }
        if (runs.isEmpty()) {
            throw BenchException.usage("no store to measure");
        }
        if (runs.stream().map(RunConfig::label).distinct().count() < runs.size()) {
            throw BenchException.usage("a store is named twice: give --repeat for more runs of it");
        }
        runs = List.copyOf(runs);
        jvmFlags = List.copyOf(jvmFlags);
    }

    /** The command that all runs are of. */
    String command() {
        return runs.getFirst().command();
    }

    /** Whether exactly one run is wanted, which may then use the given directory itself. */
    boolean isSingle() {
        return runs.size() == 1 && repeatCount == 1;
    }
}
