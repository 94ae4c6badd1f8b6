package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.StoreOptions;
import cordwood.testkit.Seed;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A life on a disk that is too small: fills it to the last block, trims, goes on, fills it again,
 * opens the store and does the same, then others make room. Fails as soon as a record that was
 * acknowledged is missing, or room that was made is not used.
 */
final class FullDiskLife {

    private static final int OTHER_BYTES = 1 << 20;
    private static final List<String> SIZES = List.of("64KiB", "128KiB", "256KiB");

    private final Disk disk;
    private final Path directory;
    private final Path filler;
    private final Path other;
    private final StoreOptions options;
    private final OneStream stream;

    /** A life in {@code root}, of sizes that the seed draws. */
    FullDiskLife(Disk disk, Path root, Seed seed) {
        this.disk = disk;
        this.directory = root.resolve("store");
        this.filler = root.resolve("filler");
        this.other = root.resolve("other");
        SplittableRandom random = seed.random();
        this.options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        SIZES.get(random.nextInt(SIZES.size())),
                        "wal-segment-size",
                        SIZES.get(random.nextInt(SIZES.size())));
        this.stream = new OneStream(random);
    }

    /** Room that the smallest of these lives needs: reserve, manifests, segments and others. */
    static long neededBytes() {
        return 4L << 20;
    }

    /** Lives; answers what there is to tell. */
    String run() {
        String told;
        preallocate(other, OTHER_BYTES);
        try (LsmStore store = open()) {
            fill(store);
            stream.requireAll(store);
            stream.trim(store);
            told =
                    stream.next()
                            + " records, resumed after "
                            + stream.resumedMillis(store)
                            + " ms, ";
            fill(store);
            stream.requireAll(store);
            told += stream.count() + " records, ";
        }
        try (LsmStore store = open()) {
            stream.requireAll(store);
            stream.trim(store);
            told += "reopened and resumed after " + stream.resumedMillis(store) + " ms, ";
            fill(store);
            stream.requireAll(store);
        }
        try (LsmStore store = open()) {
            stream.requireAll(store);
            disk.delete(other);
            told += "after " + stream.resumedMillis(store) + " ms when others made room";
            stream.requireAll(store);
        }
        return told;
    }

    private LsmStore open() {
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    private void preallocate(Path path, long bytes) {
        try (DiskFile file = disk.create(path)) {
            file.preallocate(bytes);
        }
    }

    /** Until it is refused for good: then nothing is left for anybody. */
    private void fill(LsmStore store) {
        stream.fill(store, "the disk is full");
        fillTheRest();
    }

    private void fillTheRest() {
        try (DiskFile file = disk.exists(filler) ? disk.open(filler) : disk.create(filler)) {
            ByteBuffer block = ByteBuffer.allocate(Disk.BLOCK_BYTES);
            for (long at = file.sizeBytes(); ; at += block.limit()) {
                file.write(at, block.clear());
            }
        } catch (FileFailure e) {
            if (e.kind() != FileFailure.Kind.NO_SPACE) {
                throw e;
            }
        }
    }
}
