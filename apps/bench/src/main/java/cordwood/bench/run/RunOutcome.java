package cordwood.bench.run;

import cordwood.bench.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run.
 *
 * @param run what a result file says of the run
 * @param statistics the engine's own statistics as text, empty where they were not asked for
 * @param failure why the run ended early, or null
 * @param interrupted whether somebody asked it to stop
 */
public record RunOutcome(
        JsonObject run, String statistics, @Nullable String failure, boolean interrupted) {}
