package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.testkit.SeededSteps;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Stores as tests of this engine want them. */
final class Fixtures {

    private static final long CHUNK_BYTES = 256 << 10;

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

    /** That disk, with every step run by {@code steps}, also where a call waits. */
    static LsmEnvironment stepped(Disk disk, SeededSteps steps) {
        return LsmEnvironment.stepped(
                disk, steps, (CompletableFuture<?> done) -> steps.runUntil(done::isDone));
    }

    /** Memory of which little has to be made for a store that holds little. */
    static Memory smallChunks(MemoryOptions options) {
        return Memory.open(
                new MemoryOptions(options.budgetBytes(), CHUNK_BYTES, options.checked()));
    }

    /** Looks at what a closed store has on record. */
    static <T> T onRecord(Disk disk, Path directory, Function<ManifestState, T> reader) {
        long budgetBytes = StoreOptions.MEMORY_BUDGET_BYTES_MIN;
        try (Memory memory = smallChunks(MemoryOptions.ofBudget(budgetBytes));
                Manifest manifest =
                        Manifest.open(
                                disk,
                                directory,
                                memory.chunks(),
                                memory.budget().account("test"))) {
            return manifest.read(reader);
        }
    }

    /** The real disk, with every step run by {@code steps}. */
    static LsmEnvironment steppedBy(StepExecutor steps) {
        LsmEnvironment system = LsmEnvironment.system();
        return LsmEnvironment.stepped(system.disk(), steps, system.waiter());
    }
}
