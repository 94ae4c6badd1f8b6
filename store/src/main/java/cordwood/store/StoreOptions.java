package cordwood.store;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where and how to open a store. Three inputs matter: the directory, the memory budget, and the
 * engine's own options for those who must; everything else is derived and can be explained.
 *
 * @param directory where the data lives; created when missing
 * @param memoryBudgetBytes most off-heap memory the engine may hold, at least {@link
 *     #MEMORY_BUDGET_BYTES_MIN}
 * @param engine the engine's own options, by kebab-case key
 * @param allocator where its cells come from
 */
public record StoreOptions(
        Path directory,
        long memoryBudgetBytes,
        Map<String, String> engine,
        AllocatorChoice allocator) {

    /** Smallest budget every engine works within: 32 MiB. */
    public static final long MEMORY_BUDGET_BYTES_MIN = 32L << 20;

    /** The budget where nothing was said: 512 MiB. */
    public static final long MEMORY_BUDGET_BYTES_DEFAULT = 512L << 20;

    /** Checks the budget and copies the map. */
    public StoreOptions {
        if (memoryBudgetBytes < MEMORY_BUDGET_BYTES_MIN) {
            throw new StoreException.Invalid(
                    "a memory budget of %,d bytes is under the least, %,d"
                            .formatted(memoryBudgetBytes, MEMORY_BUDGET_BYTES_MIN));
        }
        engine = Map.copyOf(engine);
    }

    /** With the default allocator. */
    public StoreOptions(Path directory, long memoryBudgetBytes, Map<String, String> engine) {
        this(directory, memoryBudgetBytes, engine, AllocatorChoice.defaults());
    }

    /** The default budget and no engine options. */
    public static StoreOptions in(Path directory) {
        return new StoreOptions(directory, MEMORY_BUDGET_BYTES_DEFAULT, Map.of());
    }

    /** The same for another directory. */
    public StoreOptions at(Path other) {
        return new StoreOptions(other, memoryBudgetBytes, engine, allocator);
    }

    /**
     * Refuses engine options that an engine does not have; for providers.
     *
     * @throws StoreException.Invalid naming the engine, the unknown key and the nearest known one
     */
    public void refuseUnknown(StoreProvider provider) {
        for (String key : engine.keySet().stream().sorted().toList()) {
            if (!provider.optionKeys().contains(key)) {
                throw new StoreException.Invalid(
                        "engine %s has no option '%s': %s"
                                .formatted(
                                        provider.name(),
                                        key,
                                        NearestName.hint(key, provider.optionKeys())));
            }
        }
    }
}
