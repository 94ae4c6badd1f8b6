package cordwood.store;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where and how to open a store. Three inputs matter: the directory, the memory budget, and the
 * engine's own options for those who must; everything else is derived and can be explained.
 *
 * @param directory where the data lives; created when missing
 * @param memoryBudgetBytes most off-heap memory the engine may hold for what it is given and asked
 *     for: batches, memtables, blocks of tables; at least {@link #MEMORY_BUDGET_BYTES_MIN}, and at
 *     most what the machine or its container has. Who wants more than it leaves is refused with
 *     {@link StoreException.Busy}. What the process needs besides, like code, stacks and buffers of
 *     background work, does not grow with what callers do; docs/memory.md has the figures
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
     * Refuses a budget that cannot be had; for providers, before anything is opened.
     *
     * @throws StoreException.Invalid when the machine or its container has less memory
     */
    public void refuseBeyondMachine() {
        long machineBytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        if (memoryBudgetBytes > machineBytes) {
            throw new StoreException.Invalid(
                    "a memory budget of %s is over all the memory here, %s"
                            .formatted(
                                    ByteSize.text(memoryBudgetBytes), ByteSize.text(machineBytes)));
        }
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
