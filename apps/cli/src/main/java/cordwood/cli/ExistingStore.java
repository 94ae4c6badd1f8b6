package cordwood.cli;

import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which store a command works on that must be there: it makes none. */
final class ExistingStore {

    @Option(
            names = {"--dir", "--base-dir"},
            paramLabel = "DIR",
            description = "The store's directory.")
    @Nullable Path dir;

    @Option(
            names = "--store",
            split = ",",
            paramLabel = "NAME",
            description = "Its engine; default the one whose store lies there.")
    String[] stores = {};

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Most off-heap memory the store may hold; default ${DEFAULT-VALUE}.",
            defaultValue = "512MiB")
    long memoryBudgetBytes;

    /**
     * An open store; the caller closes it.
     *
     * @param engine its name
     */
    record Opened(LocalStore store, String engine, Path directory) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
        }
    }

    /**
     * Opens the store.
     *
     * @throws UsageException when no directory was given, or no store lies there
     */
    Opened open(Session session) {
        Path directory = dir;
        if (directory == null) {
            throw new UsageException("which store? Name its directory with --dir");
        }
        StoreProvider engine = engine(directory);
        Map<String, String> own =
                session.configuration().ownValues(engine.name(), engine.optionKeys());
        StreamStore opened = engine.open(new StoreOptions(directory, memoryBudgetBytes, own));
        if (opened instanceof LocalStore local) {
            return new Opened(local, engine.name(), directory);
        }
        opened.close();
        throw new UsageException("--store %s has no files of its own".formatted(engine.name()));
    }

    private StoreProvider engine(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new UsageException("%s is no directory".formatted(directory));
        }
        Collection<StoreProvider> candidates =
                stores.length == 0
                        ? Engines.all().values()
                        : Stream.of(stores).map(Engines::named).toList();
        List<StoreProvider> found =
                candidates.stream().filter(engine -> engine.isStore(directory)).toList();
        return switch (found.size()) {
            case 1 -> found.getFirst();
            case 0 ->
                    throw new UsageException(
                            "%s holds no store of %s".formatted(directory, names(candidates)));
            default ->
                    throw new UsageException(
                            "%s holds files of several stores: say --store %s"
                                    .formatted(directory, names(found)));
        };
    }

    private static String names(Collection<StoreProvider> engines) {
        return engines.stream().map(StoreProvider::name).collect(Collectors.joining(" or "));
    }

    /**
     * Has a call end early when a person asks for it: the store is closed then.
     *
     * @return whether the call came to its end
     */
    static boolean isDone(Session session, Opened opened, Runnable call) {
        session.interruption()
                .onRequest(() ->
                        Thread.ofPlatform().daemon().name("closing").start(opened.store()::close));
        try {
            call.run();
            return true;
        } catch (StoreException.Closed e) {
            if (session.interruption().requested()) {
                session.out().println("stopped before the end");
                return false;
            }
            throw e;
        }
    }
}
