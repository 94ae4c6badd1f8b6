package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.BareLoop;
import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The engine {@code rocksdb}. */
public final class RocksProvider implements StoreProvider, BareLoop.Engine {

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
    public boolean allocatesCells() {
        return true;
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
    public boolean isStore(Path directory) {
        Disk disk = Disk.real();
        return disk.exists(directory.resolve(StoreDescription.FILE))
                || disk.exists(directory.resolve(FilesOnRecord.FILE));
    }

    @Override
    public StreamStore open(StoreOptions options) {
        options.refuseBeyondMachine();
        RocksOptions resolved = resolved(options);
        return open(
                options.directory(),
                resolved,
                RocksStore.limits(resolved),
                StepExecutor.virtualThreads());
    }

    @Override
    public BareLoop openBare(StoreOptions options) {
        options.refuseBeyondMachine();
        return BareWriteLoop.open(options.directory(), resolved(options));
    }

    /** Opens a store with a committer bounded and run as given. */
    static RocksStore open(
            Path path, RocksOptions options, GroupCommitter.Limits limits, StepExecutor steps) {
        return new Opening(path, options)
                .open((directory, database) ->
                        new RocksStore(directory, database, options, limits, steps));
    }

    private RocksOptions resolved(StoreOptions options) {
        options.refuseUnknown(this);
        return RocksOptions.of(options);
    }
}
