package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import cordwood.bench.plan.PlanRequest;
import cordwood.bench.report.AllocGates;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person asked to be measured.
 *
 * @param config every repeat
 * @param repeatCount how often, at least 1
 * @param gates what the medians are held to
 * @param resultFile where the result goes, or null
 * @param commandLine what was typed
 * @param jvmFlags the flags of the measuring JVMs
 */
public record AllocRequest(
        AllocConfig config,
        int repeatCount,
        AllocGates gates,
        @Nullable Path resultFile,
        String commandLine,
        List<String> jvmFlags) {

    /** Checks the repeats, and that the gates have something to hold. */
    public AllocRequest {
        if (repeatCount < 1 || repeatCount > PlanRequest.REPEATS_MAX) {
            throw BenchException.usage(
                    "%d repeats is outside 1 to %d"
                            .formatted(repeatCount, PlanRequest.REPEATS_MAX));
        }
        gates.requireApplicable(config.allocators());
        jvmFlags = List.copyOf(jvmFlags);
    }
}
