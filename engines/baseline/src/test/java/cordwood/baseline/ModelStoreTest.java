package cordwood.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.contract.StreamStoreContract;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract on the model that applies a batch at once. */
class ModelStoreTest extends StreamStoreContract {

    private final Map<Path, ModelState> states = new HashMap<>();

    @Override
    public StoreProvider provider() {
        return new ModelProvider();
    }

    @Override
    public StreamStore open(Path directory) {
        return ModelStore.open(state(directory), splitBatches());
    }

    @Override
    public StreamStore open(Path directory, GroupCommitter.Limits limits, StepExecutor steps) {
        return ModelStore.open(state(directory), splitBatches(), limits, steps);
    }

    boolean splitBatches() {
        return false;
    }

    private ModelState state(Path directory) {
        return states.computeIfAbsent(directory, _ -> new ModelState());
    }

    @Override
    public boolean persists() {
        return false;
    }

    @Test
    void theOptionChoosesTheModeAndIsExplained() {
        for (String given : List.of("true", "false")) {
            StoreOptions options =
                    new StoreOptions(
                            directory(),
                            StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                            Map.of("split-batches", given));
            assertThat(provider().explain(options))
                    .containsExactly(new StoreProvider.Setting("split-batches", given, "given"));
            try (StreamStore store = provider().open(options)) {
                assertThat(store).isInstanceOf(ModelStore.class);
            }
        }
        assertThat(provider().explain(StoreOptions.in(directory())))
                .containsExactly(new StoreProvider.Setting("split-batches", "false", "default"));
    }

    @Test
    void whatTheProviderOpensIsGoneWhenClosed() {
        StoreOptions options = StoreOptions.in(directory());
        StoreUnderTest store = new StoreUnderTest(() -> provider().open(options));
        store.putEach(1, 1);
        store.reopen();
        assertThat(store.positions(1)).isEmpty();
        store.close();
        assertThat(directory()).doesNotExist();
        assertThat(provider().summary()).contains("gone when closed");
    }
}
