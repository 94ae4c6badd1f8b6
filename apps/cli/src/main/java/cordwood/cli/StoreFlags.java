package cordwood.cli;

import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The flags that say which store, where, and with how much: mixed into every command that opens
 * one.
 */
final class StoreFlags {

    @Option(
            names = "--store",
            split = ",",
            paramLabel = "NAME",
            description = "Engine, or several separated by commas; default ${DEFAULT-VALUE}.",
            defaultValue = Engines.DEFAULT)
    String[] stores = {};

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most off-heap memory the store may hold; default ${DEFAULT-VALUE}.",
            defaultValue = "512MiB")
    long memoryBudgetBytes;

    @Option(
            names = {"--dir", "--base-dir"},
            paramLabel = "DIR",
            description = "Where the data lives.")
    @Nullable Path dir;

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            description = "buffered, written or durable; default ${DEFAULT-VALUE}.",
            defaultValue = "durable")
    Durability durability = Durability.DURABLE;

    @Mixin final AllocatorFlags allocator = new AllocatorFlags();

    /** The engines chosen, in the order given. */
    List<StoreProvider> engines() {
        return List.of(stores).stream().map(Engines::named).toList();
    }

    /** Options to open or explain {@code engine} in {@code directory}, its own ones included. */
    StoreOptions options(StoreProvider engine, Path directory, Configuration configuration) {
        Map<String, String> own = configuration.ownValues(engine.name(), engine.optionKeys());
        return new StoreOptions(directory, memoryBudgetBytes, own, allocator.choice(configuration));
    }
}
