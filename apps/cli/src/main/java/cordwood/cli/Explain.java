package cordwood.cli;

import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints what a store would run with, without opening it. */
@Command(name = "explain", description = "Print what a store would run with, and why.")
final class Explain implements Callable<Integer> {

    private final Session session;

    @Mixin private final StoreFlags flags = new StoreFlags();

    Explain(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        for (StoreProvider engine : flags.engines()) {
            session.out().println(engine.name() + ": " + engine.summary());
            engine.explain(
                            flags.options(
                                    engine,
                                    flags.dir == null ? Path.of("") : flags.dir,
                                    session.configuration()))
                    .forEach(setting -> session.out().println(setting));
        }
        return ExitCode.DONE;
    }
}
