package cordwood.lsm.format;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a store's files take, by count and by asking each. */
@ExtendWith(SeedExtension.class)
final class CountedDiskTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int STEPS = 2_000;
    private static final int NAMES = 8;

    private final CrashingDisk under = new CrashingDisk(1);

    private long lengths() {
        long bytes = 0;
        for (Path path : under.list(DIRECTORY)) {
            try (DiskFile file = under.openReadOnly(path)) {
                bytes += file.sizeBytes();
            }
        }
        return bytes;
    }

    private static Path file(SplittableRandom random) {
        return DIRECTORY.resolve("file" + random.nextInt(NAMES));
    }

    /** Of a file that is there or not; what is refused changes nothing. */
    private static void step(Disk disk, SplittableRandom random) {
        try {
            switch (random.nextInt(6)) {
                case 0 -> {
                    try (DiskFile file = disk.create(file(random))) {
                        file.preallocate(random.nextInt(1, 5_000));
                    }
                }
                case 1 -> {
                    try (DiskFile file = disk.create(file(random))) {
                        file.write(0, ByteBuffer.allocate(random.nextInt(1, 5_000)));
                    }
                }
                case 2 -> {
                    try (DiskFile file = disk.open(file(random))) {
                        file.write(random.nextInt(5_000), ByteBuffer.allocate(100));
                    }
                }
                case 3 -> disk.openReadOnly(file(random)).close();
                case 4 -> {
                    Path from = file(random);
                    Path to = file(random);
                    if (!from.equals(to)) {
                        disk.rename(from, to);
                    }
                }
                default -> disk.delete(file(random));
            }
        } catch (FileFailure e) {
            assertThat(e.kind())
                    .isIn(
                            FileFailure.Kind.MISSING,
                            FileFailure.Kind.EXISTS,
                            FileFailure.Kind.TOO_MANY_OPEN);
        }
    }

    @Test
    void filesMadeRenamedAndDeletedAreCountedWhateverIsRefused(Seed seed) {
        under.createDirectories(DIRECTORY);
        SplittableRandom random = seed.random();
        Fault fault = Fault.from(Fault.Kind.TOO_MANY_OPEN, 1);
        FailingDisk failing = new FailingDisk(under, fault);
        CountedDisk disk = new CountedDisk(failing, DIRECTORY);
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(10) == 0) {
                failing.arm();
            } else {
                failing.disarm();
            }
            step(disk, random);
            assertThat(disk.heldBytes()).as("after step %d", i).isEqualTo(lengths());
            assertThat(disk.openFiles()).isZero();
        }
    }

    @Test
    void filesThatWereThereCountOnceTheyAreOpenedAndOthersDoNot() {
        under.createDirectories(DIRECTORY);
        try (DiskFile file = under.create(DIRECTORY.resolve("old"))) {
            file.preallocate(3_000);
        }
        CountedDisk disk = new CountedDisk(under, DIRECTORY);
        disk.openReadOnly(DIRECTORY.resolve("old")).close();
        try (DiskFile copy = disk.create(DIRECTORY.resolveSibling("copy"))) {
            copy.preallocate(5_000);
            assertThat(disk.openFiles()).isEqualTo(1);
        }
        assertThat(disk.heldBytes()).isEqualTo(3_000);
    }
}
