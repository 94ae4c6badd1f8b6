package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {

    private static final long DISK_BYTES = 20 << 20;

    @TempDir private Path root;

    @Test
    void reserveIsGivenUpForTrimsAndNotForPuts() {
        SmallDisk disk = new SmallDisk(Disk.real(), DISK_BYTES);
        Path store = root.resolve("store");
        Path kept = store.resolve(Reserve.NAME);
        RocksOptions options = RocksOptions.of(Fixtures.options(store));
        OpenParts.on(disk, store, options, OpenParts.LIMITS).close();
        new Reserve(disk, store, options.sizes().writeBufferBytes()).make();
        try (OpenParts parts = OpenParts.on(disk, store, options, OpenParts.LIMITS)) {
            try (DiskFile others = disk.create(root.resolve("others"))) {
                others.preallocate(disk.freeBytes());
            }
            parts.upkeep().foundFull(false);
            assertThat(Files.exists(kept)).isTrue();
            parts.upkeep().foundFull(true);
            assertThat(Files.exists(kept)).isFalse();
        }
    }
}
