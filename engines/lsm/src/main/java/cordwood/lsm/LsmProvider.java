package cordwood.lsm;

import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
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
    public StreamStore open(StoreOptions options) {
        options.refuseUnknown(this);
        options.refuseBeyondMachine();
        return LsmStore.open(options, LsmEnvironment.system());
    }
}
