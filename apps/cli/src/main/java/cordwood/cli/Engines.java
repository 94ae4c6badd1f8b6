package cordwood.cli;

import cordwood.store.NearestName;
import cordwood.store.StoreProvider;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The engines on the module path, by name. */
final class Engines {

    /** The engine where none was named. */
    static final String DEFAULT = "rocksdb";

    private Engines() {}

    static Map<String, StoreProvider> all() {
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .collect(
                        Collectors.toMap(
                                StoreProvider::name, engine -> engine, (a, b) -> a, TreeMap::new));
    }

    static Map<String, Set<String>> optionKeys() {
        return all().values().stream()
                .collect(Collectors.toMap(StoreProvider::name, StoreProvider::optionKeys));
    }

    static StoreProvider named(String name) {
        Map<String, StoreProvider> all = all();
        StoreProvider engine = all.get(name);
        if (engine == null) {
            throw new UsageException(
                    "no store named '%s': %s"
                            .formatted(name, NearestName.hint(name, all.keySet())));
        }
        return engine;
    }
}
