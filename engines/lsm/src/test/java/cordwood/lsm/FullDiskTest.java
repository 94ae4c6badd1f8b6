package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreOptions;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SmallDisk;
import cordwood.testkit.disk.TinyMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * R7: on a disk that is full, appends are refused, reads and trims go on, and so do appends once
 * there is room again, without opening the store anew.
 */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class FullDiskTest {

    private static final int LIVES = FaultOpener.LONG ? 500 : 30;
    private static final int REAL_LIVES = FaultOpener.LONG ? 64 : 2;
    private static final int SPREAD_BYTES = 6 << 20;

    @TempDir private Path root;

    private static long bytes(Seed life) {
        return FullDiskLife.neededBytes() + life.random().split().nextInt(SPREAD_BYTES);
    }

    @Test
    void appendsAreRefusedAndReadsAndTrimsGoOn(Seed seed) {
        Path directory = Path.of("/disk").toAbsolutePath();
        for (int i = 0; i < LIVES; i++) {
            Seed life = seed.child(i);
            CrashingDisk under = new CrashingDisk(life.value());
            under.createDirectories(directory);
            try {
                new FullDiskLife(new SmallDisk(under, bytes(life)), directory, life).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(life + ", disk of " + bytes(life) + " bytes", e);
            }
        }
    }

    @Test
    void whoeverOpensItWithLargerOptionsCanTrimToo(Seed seed) {
        Path directory = Path.of("/disk").toAbsolutePath();
        CrashingDisk under = new CrashingDisk(1);
        under.createDirectories(directory);
        SmallDisk disk = new SmallDisk(under, 8 << 20);
        OneStream stream = new OneStream(seed.random());
        try (LsmStore store = open(disk, directory, "64KiB")) {
            stream.fill(store, "the disk is full");
        }
        try (DiskFile others = disk.create(directory.resolve("others"))) {
            others.preallocate(disk.freeBytes() / Disk.BLOCK_BYTES * Disk.BLOCK_BYTES);
        }
        try (LsmStore store = open(disk, directory, "1MiB")) {
            stream.requireAll(store);
            stream.trim(store);
            stream.resumedMillis(store);
            stream.requireAll(store);
        }
    }

    private static LsmStore open(Disk disk, Path directory, String size) {
        return LsmStore.open(
                Fixtures.options(
                        directory.resolve("store"),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        size,
                        "wal-segment-size",
                        size),
                LsmEnvironment.on(disk));
    }

    @Test
    void soItIsOnARealFileSystem(Seed seed) throws IOException, InterruptedException {
        TinyMount.assumePossible(root);
        for (int i = 0; i < REAL_LIVES; i++) {
            Seed life = seed.child(i);
            Path mountPoint = Files.createDirectory(root.resolve("disk" + i));
            try (ChildJvm child =
                    ChildJvm.start(
                            TinyMount.of(bytes(life), mountPoint),
                            List.of("-Xmx64m"),
                            FullDiskProcess.class,
                            List.of(mountPoint.toString(), String.valueOf(life.value())))) {
                String told = child.line();
                String name = life + ", disk of " + bytes(life) + ": " + child.complaints();
                assertThat(child.awaitExit(Duration.ofMinutes(5))).as(name).isZero();
                assertThat(told).as(name).endsWith("when others made room");
                System.out.println(bytes(life) + " bytes: " + told);
            }
        }
    }
}
