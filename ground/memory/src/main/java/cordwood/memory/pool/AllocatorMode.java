package cordwood.memory.pool;

import cordwood.memory.Memory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of allocator that can be chosen by name; found with {@link java.util.ServiceLoader}
 * through {@link AllocatorModes}. All kinds keep the contract of {@link CellPool}.
 */
public interface AllocatorMode {

    /** The name it is chosen by, and of the account its pools are charged to. */
    String name();

    /** Other names for it. */
    default Set<String> aliases() {
        return Set.of();
    }

    /** The keys of its own that {@code options} may hold, kebab-case. */
    default Set<String> optionKeys() {
        return Set.of();
    }

    /**
     * One line on what does the work: library, version, where it is from. Loads what {@link #open}
     * would.
     *
     * @throws AllocatorUnavailable as {@link #open} would
     */
    String describe(Map<String, String> options);

    /**
     * Opens a pool on {@code memory}. The caller closes it, before the memory.
     *
     * @param pool how it is built; a mode without size classes ignores those
     * @param options by {@link #optionKeys}
     * @throws AllocatorUnavailable when it cannot work here
     * @throws IllegalArgumentException when its shards cannot be built
     */
    CellPool open(Memory memory, PoolOptions pool, Map<String, String> options);

    /** As above, with no options of its own. */
    default CellPool open(Memory memory, PoolOptions pool) {
        return open(memory, pool, Map.of());
    }

    /**
     * The library below a native mode, without handles, checks and budget: to be measured, not to
     * be used.
     *
     * @throws AllocatorUnavailable as {@link #open} would
     */
    default Optional<NativeAllocator> nativeAllocator(Map<String, String> options) {
        return Optional.empty();
    }
}
