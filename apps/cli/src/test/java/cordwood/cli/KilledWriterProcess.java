package cordwood.cli;

import cordwood.bench.crash.KillWriter;
import cordwood.lsm.LsmProvider;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.mutant.Mutant;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * The process of {@link BenchCrashMutantsTest}: writes until it is killed, as the product does with
 * a change. Arguments: the change, a directory, a seed, a round.
 */
public final class KilledWriterProcess {

    private KilledWriterProcess() {}

    static void main(String... arguments) throws Exception {
        PrintStream receipts = System.out;
        System.setOut(System.err); // for whoever else prints
        new Mutant(Class.forName(arguments[0]))
                .loadClass(KilledWriterProcess.class.getName())
                .getMethod("write", PrintStream.class, String.class, long.class, long.class)
                .invoke(
                        null,
                        receipts,
                        arguments[1],
                        Long.parseLong(arguments[2]),
                        Long.parseLong(arguments[3]));
    }

    /** With the change in force. */
    public static void write(PrintStream receipts, String directory, long seed, long round)
            throws Exception {
        try (StreamStore store = new LsmProvider().open(options(Path.of(directory)))) {
            KillWriter.run(store, seed, round, receipts);
        }
    }

    static StoreOptions options(Path directory) {
        return new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of());
    }
}
