package cordwood.store;

import java.util.Map;

/**
 * Which allocator an engine takes its small off-heap cells from, for engines that {@linkplain
 * StoreProvider#allocatesCells take any}.
 *
 * @param mode the name of an allocator mode
 * @param shards parts that threads use at a time, from 0
 * @param options the mode's own options, by kebab-case key
 */
public record AllocatorChoice(String mode, int shards, Map<String, String> options) {

    /** The mode where nothing was said. */
    public static final String MODE_DEFAULT = "small_pool";

    /** Copies the map. */
    public AllocatorChoice {
        options = Map.copyOf(options);
    }

    /** The default mode with a shard per core. */
    public static AllocatorChoice defaults() {
        return new AllocatorChoice(
                MODE_DEFAULT, Runtime.getRuntime().availableProcessors(), Map.of());
    }
}
