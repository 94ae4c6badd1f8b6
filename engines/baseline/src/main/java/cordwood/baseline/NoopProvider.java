package cordwood.baseline;

import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.Set;

/** The engine {@code noop}: the floor of the harness. */
public final class NoopProvider implements StoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public NoopProvider() {}

    @Override
    public String name() {
        return "noop";
    }

    @Override
    public String summary() {
        return "floor of the harness: checksums and acknowledges every batch, keeps nothing";
    }

    @Override
    public Set<String> optionKeys() {
        return Set.of();
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        options.refuseUnknown(this);
        return List.of();
    }

    @Override
    public StreamStore open(StoreOptions options) {
        options.refuseUnknown(this);
        return new NoopStore(BaselineStore.COMMITTER_LIMITS, StepExecutor.virtualThreads());
    }
}
