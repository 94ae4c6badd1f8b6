package cordwood.cli;

import cordwood.bench.crash.KillWriter;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process that {@link BenchCrash} kills. */
@Command(
        name = BenchCrashWriter.NAME,
        hidden = true,
        description = "Write until killed; started by the crash command.")
final class BenchCrashWriter implements Callable<Integer> {

    static final String NAME = "crash-writer";

    private final Session session;

    @Mixin private final StoreFlags flags = new StoreFlags();

    @Option(names = "--seed", required = true, description = "Of the values.")
    long seed;

    @Option(names = "--round", required = true, description = "What is written when.")
    long round;

    BenchCrashWriter(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        StoreProvider engine = flags.engines().getFirst();
        Path directory = flags.dir == null ? Path.of("") : flags.dir;
        try (StreamStore store =
                engine.open(flags.options(engine, directory, session.configuration()))) {
            KillWriter.run(store, seed, round, System.out);
            return ExitCode.DONE;
        } catch (IOException e) {
            return ExitCode.FAILED; // nobody reads the receipts any more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }
}
