package cordwood.bench.plan;

import cordwood.bench.run.RunConfig;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;

/** Makes one measured run, somewhere. */
@FunctionalInterface
public interface RunLauncher {

    /**
     * Runs to the end, or to what was measured when {@code control} is interrupted.
     *
     * @throws cordwood.bench.BenchException of kind usage when nothing was run
     */
    RunOutcome launch(RunConfig config, RunControl control);
}
