package cordwood.cli;

import cordwood.bench.plan.MeasuringProcess;
import cordwood.bench.run.RunControl;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One measured run in this process, for the process that started it. */
@Command(
        name = BenchMeasure.NAME,
        hidden = true,
        description = "Measure one run; started by the other commands.")
final class BenchMeasure implements Callable<Integer> {

    static final String NAME = "measure";

    private final Session session;

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The run as JSON.")
    String config = "";

    BenchMeasure(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        RunControl control = new RunControl();
        session.interruption().onRequest(control::interrupt);
        session.out()
                .println(
                        MeasuringProcess.measure(
                                config,
                                Engines::named,
                                System.in,
                                control,
                                InstantSource.system(),
                                session.err()::println));
        return ExitCode.DONE;
    }
}
