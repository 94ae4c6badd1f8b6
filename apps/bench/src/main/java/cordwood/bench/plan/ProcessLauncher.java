package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonException;
import cordwood.bench.run.OutcomeCodec;
import cordwood.bench.run.RunConfig;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import java.util.List;
import java.util.function.Consumer;

/** Makes each run in a JVM of its own. */
public final class ProcessLauncher implements RunLauncher {

    private final MeasuringJvm jvm;

    /**
     * @param command starts a measuring process when the configuration is added as last argument
     * @param progress takes the child's lines for people
     */
    public ProcessLauncher(List<String> command, Consumer<String> progress) {
        this.jvm = new MeasuringJvm(command, progress);
    }

    @Override
    public RunOutcome launch(RunConfig config, RunControl control) {
        try {
            return OutcomeCodec.decode(jvm.run(config.toJson(), control));
        } catch (JsonException e) {
            throw BenchException.failed("the measuring JVM gave no result", e);
        }
    }
}
