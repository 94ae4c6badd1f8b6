package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The engine {@code lsm}. */
public final class LsmProvider implements StoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public LsmProvider() {}

    @Override
    public String name() {
        return "lsm";
    }

    @Override
    public String summary() {
        return "the native engine: a write-ahead log, memtables and tables; no native code";
    }

    @Override
    public Set<String> optionKeys() {
        return LsmSettings.KEYS;
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        options.refuseUnknown(this);
        return LsmSettings.of(options).explain(options.engine());
    }

    @Override
    public boolean isStore(Path directory) {
        Disk disk = Disk.real();
        try {
            return disk.isDirectory(directory)
                    && disk.list(directory).stream().anyMatch(FileNames::isOurs);
        } catch (FileFailure e) {
            throw StorageFailures.ofOpen(directory, e);
        }
    }

    @Override
    public StreamStore open(StoreOptions options) {
        options.refuseUnknown(this);
        options.refuseBeyondMachine();
        return LsmStore.open(options, LsmEnvironment.system());
    }
}
