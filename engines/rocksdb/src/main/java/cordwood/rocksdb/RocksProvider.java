package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.Set;

/** The engine {@code rocksdb}. */
public final class RocksProvider implements StoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RocksProvider() {}

    @Override
    public String name() {
        return "rocksdb";
    }

    @Override
    public String summary() {
        return "RocksDB: needs native code; after a failed write it stops until opened again";
    }

    @Override
    public Set<String> optionKeys() {
        return RocksOptions.KEYS;
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        return resolved(options).settings();
    }

    @Override
    public StreamStore open(StoreOptions options) {
        RocksOptions resolved = resolved(options);
        try {
            StoreDirectory directory =
                    StoreDirectory.claim(
                            Disk.real(),
                            options.directory(),
                            resolved.log().directory(),
                            resolved.readOnly());
            boolean opened = false;
            try {
                RocksStore store =
                        new RocksStore(directory, resolved, StepExecutor.virtualThreads());
                opened = true;
                return store;
            } finally {
                if (!opened) {
                    directory.close();
                }
            }
        } catch (FileFailure e) {
            throw Problems.files(e);
        }
    }

    private RocksOptions resolved(StoreOptions options) {
        options.refuseUnknown(this);
        return RocksOptions.of(options);
    }
}
