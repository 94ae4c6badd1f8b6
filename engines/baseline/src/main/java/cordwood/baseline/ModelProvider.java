package cordwood.baseline;

import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.Set;

/** The engine {@code model}: the contract on the heap. */
public final class ModelProvider implements StoreProvider {

    private static final String SPLIT_BATCHES = "split-batches";

    /** For {@link java.util.ServiceLoader}. */
    public ModelProvider() {}

    @Override
    public String name() {
        return "model";
    }

    @Override
    public String summary() {
        return "reference for tests: on the Java heap, outside the memory budget, gone when closed";
    }

    @Override
    public Set<String> optionKeys() {
        return Set.of(SPLIT_BATCHES);
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        boolean given = options.engine().containsKey(SPLIT_BATCHES);
        return List.of(
                new Setting(
                        SPLIT_BATCHES,
                        String.valueOf(splitBatches(options)),
                        given ? "given" : "default"));
    }

    @Override
    public StreamStore open(StoreOptions options) {
        return ModelStore.open(new ModelState(), splitBatches(options));
    }

    private boolean splitBatches(StoreOptions options) {
        options.refuseUnknown(this);
        String text = options.engine().getOrDefault(SPLIT_BATCHES, "false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new StoreException.Invalid(
                            "%s is true or false, not '%s'".formatted(SPLIT_BATCHES, text));
        };
    }
}
