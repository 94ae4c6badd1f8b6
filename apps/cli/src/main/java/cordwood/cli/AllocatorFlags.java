package cordwood.cli;

import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorModes;
import cordwood.memory.pool.AllocatorUnavailable;
import cordwood.memory.pool.PoolOptions;
import cordwood.store.AllocatorChoice;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags that say where small off-heap cells come from. Those of a mode alone stand in the
 * section {@code [memory]}.
 */
final class AllocatorFlags {

    @Option(
            names = "--allocator",
            paramLabel = "NAME",
            description = {
                "Where small off-heap cells come from: small_pool, system or mimalloc;",
                "default ${DEFAULT-VALUE}."
            },
            defaultValue = AllocatorChoice.MODE_DEFAULT)
    String name = AllocatorChoice.MODE_DEFAULT;

    @Option(
            names = "--shards",
            paramLabel = "N",
            converter = Converters.CountFromZero.class,
            description =
                    "Parts of the allocator that threads use at a time; default one per core.")
    @Nullable Long shardCount;

    /** The own option keys of all modes. */
    static Set<String> optionKeys() {
        return AllocatorModes.all().stream()
                .map(AllocatorMode::optionKeys)
                .flatMap(Collection::stream)
                .collect(Collectors.toSet());
    }

    /** The mode of that name or alias, or wrong usage. */
    static AllocatorMode named(String name) {
        try {
            return AllocatorModes.named(name);
        } catch (AllocatorUnavailable unknown) {
            throw new UsageException("--allocator: " + unknown.getMessage());
        }
    }

    /** A mode's own options, as configured. */
    static Map<String, String> options(AllocatorMode mode, Configuration configuration) {
        return configuration.ownValues(Configuration.MEMORY_SECTION, mode.optionKeys());
    }

    /** What a mode works with here, or wrong usage where it cannot work. */
    static String described(AllocatorMode mode, Configuration configuration) {
        try {
            return "%s: %s".formatted(mode.name(), mode.describe(options(mode, configuration)));
        } catch (AllocatorUnavailable missing) {
            throw new UsageException(
                    "--allocator %s: %s".formatted(mode.name(), missing.getMessage()));
        }
    }

    /** The mode chosen. */
    AllocatorMode mode() {
        return named(name);
    }

    /** The shards chosen. */
    int shards() {
        return shards(shardCount);
    }

    /** As given, or as many as there are cores. */
    static int shards(@Nullable Long given) {
        if (given == null) {
            return PoolOptions.defaults().shards();
        }
        if (given > PoolOptions.SHARDS_MAX) {
            throw new UsageException(
                    "--shards: %d is outside 0 to %d".formatted(given, PoolOptions.SHARDS_MAX));
        }
        return given.intValue();
    }

    /** What the mode chosen works with here. */
    String described(Configuration configuration) {
        return described(mode(), configuration);
    }

    /** The choice for a store; refuses a mode that cannot work here. */
    AllocatorChoice choice(Configuration configuration) {
        AllocatorMode mode = mode();
        described(mode, configuration);
        return new AllocatorChoice(mode.name(), shards(), options(mode, configuration));
    }
}
