package cordwood.lsm;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.testkit.contract.StreamStoreContract;
import java.nio.file.Path;

/**
 * The contract on the real disk, with memtables and segments so small that they change all the
 * time.
 */
final class LsmContractTest extends StreamStoreContract {

    @Override
    public StoreProvider provider() {
        return new LsmProvider();
    }

    @Override
    public StreamStore open(Path directory) {
        return LsmStore.open(Fixtures.small(directory), LsmEnvironment.system());
    }

    @Override
    public StreamStore open(Path directory, GroupCommitter.Limits limits, StepExecutor steps) {
        return LsmStore.open(Fixtures.small(directory), Fixtures.steppedBy(steps), limits);
    }
}
