package cordwood.cli;

import cordwood.bench.alloc.AllocProcess;
import cordwood.bench.run.RunControl;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One measured run of allocators in this process, for the process that started it. */
@Command(
        name = BenchMeasureAlloc.NAME,
        hidden = true,
        description = "Measure one run; started by the command alloc.")
final class BenchMeasureAlloc implements Callable<Integer> {

    static final String NAME = "measure-alloc";

    private final Session session;

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The run as JSON.")
    String config = "";

    BenchMeasureAlloc(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        RunControl control = new RunControl();
        session.interruption().onRequest(control::interrupt);
        session.out()
                .println(AllocProcess.measure(config, System.in, control, session.err()::println));
        return ExitCode.DONE;
    }
}
