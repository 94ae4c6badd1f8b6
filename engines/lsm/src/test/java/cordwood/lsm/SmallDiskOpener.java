package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.crash.StoreOpener;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.List;

/** Opens the engine for fault trials on a disk that is soon full. */
final class SmallDiskOpener implements StoreOpener {

    private static final long DISK_BYTES = 5L << 20;

    private final FaultOpener roomy = new FaultOpener();

    @Override
    public StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed) {
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "64KiB",
                        "wal-segment-size",
                        "64KiB",
                        "compression",
                        "none");
        Disk small = SmallDisk.with(disk, directory, DISK_BYTES);
        return LsmStore.open(options, roomy.environment(small, steps));
    }

    @Override
    public boolean waitsInLockstep() {
        return roomy.waitsInLockstep();
    }

    @Override
    public List<Path> strayFiles(Disk disk, Path directory) {
        return roomy.strayFiles(disk, directory);
    }
}
