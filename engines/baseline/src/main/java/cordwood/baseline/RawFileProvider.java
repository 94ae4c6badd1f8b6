package cordwood.baseline;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.Set;

/** The engine {@code rawfile}: the floor of the disk. */
public final class RawFileProvider implements StoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RawFileProvider() {}

    @Override
    public String name() {
        return "rawfile";
    }

    @Override
    public String summary() {
        return "floor of the disk: appends and syncs groups in one file that is never read back";
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
        return RawFileStore.open(
                Disk.real(),
                options.directory(),
                options.memoryBudgetBytes(),
                BaselineStore.COMMITTER_LIMITS,
                StepExecutor.virtualThreads());
    }
}
