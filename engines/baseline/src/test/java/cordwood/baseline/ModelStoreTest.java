package cordwood.baseline;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.testkit.contract.StreamStoreContract;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

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
}
