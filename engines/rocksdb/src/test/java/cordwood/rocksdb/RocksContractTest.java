package cordwood.rocksdb;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.testkit.contract.StreamStoreContract;
import java.nio.file.Path;

/** The contract on RocksDB. */
final class RocksContractTest extends StreamStoreContract {

    @Override
    public StoreProvider provider() {
        return new RocksProvider();
    }

    @Override
    public StreamStore open(Path directory, GroupCommitter.Limits limits, StepExecutor steps) {
        RocksOptions options = RocksOptions.of(StoreOptions.in(directory));
        return RocksProvider.open(directory, options, limits, steps);
    }
}
