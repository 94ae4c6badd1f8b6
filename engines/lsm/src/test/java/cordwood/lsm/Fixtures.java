package cordwood.lsm;

import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Stores as tests of this engine want them. */
final class Fixtures {

    private Fixtures() {}

    /** The default budget, so that the common limits hold, with small memtables and segments. */
    static StoreOptions small(Path directory) {
        return options(
                directory,
                StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                "memtable-size",
                "256KiB",
                "wal-segment-size",
                "256KiB",
                "block-size",
                "4KiB");
    }

    /** Options given as keys and values in turn. */
    static StoreOptions options(Path directory, long budgetBytes, String... keysAndValues) {
        Map<String, String> engine = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            engine.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new StoreOptions(directory, budgetBytes, engine);
    }

    /** The real disk, with every step run by {@code steps}. */
    static LsmEnvironment steppedBy(StepExecutor steps) {
        LsmEnvironment system = LsmEnvironment.system();
        return LsmEnvironment.stepped(system.disk(), steps, system.waiter());
    }
}
