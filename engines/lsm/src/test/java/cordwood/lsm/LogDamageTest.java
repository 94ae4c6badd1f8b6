package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The log of a killed process with a byte of it changed: what is a torn tail, and what damage. */
final class LogDamageTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final List<Long> DURABLE = List.of(1L, 2L, 3L, 4L);

    /** The files of a store that was killed with the last of its batches not synced. */
    private static final Map<Path, ByteBuffer> KILLED = killed();

    @Test
    void tornHeadOfTheLastBatchDropsThatBatchAlone() {
        requireTornHeadsToBeDropped(UnaryOperator.identity());
    }

    @Test
    void damageOfASyncedBatchIsRefusedAndNothingIsTouched() {
        requireDamageToBeRefused(UnaryOperator.identity());
    }

    @Test
    void tornBodyOfTheLastBatchDropsThatBatchAlone() {
        int last = frames().getLast();
        requireDurableOnly(damaged(last + LogBytes.HEAD_BYTES), UnaryOperator.identity());
    }

    @Test
    void undamagedLogShowsEverything() {
        try (StoreUnderTest store = open(disk(KILLED))) {
            assertThat(store.positions(1)).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    /** Tries every byte of a stretch's head but those that no reader can find wrong. */
    @Test
    void intactBatchThatIsNoRowOfStretchesIsRefusedWithItsPlace() {
        int second = frames().get(1);
        for (int i : new int[] {0, 2, 3, 4, 5, 6, 7, 16, 24, 32}) {
            Map<Path, ByteBuffer> files =
                    changed(bytes -> new LogBytes(bytes, 0).forgeBody(second, i));
            assertThatThrownBy(() -> open(disk(files)).store())
                    .as("byte " + i)
                    .isInstanceOfSatisfying(
                            StoreException.Corrupt.class,
                            corrupt -> {
                                assertThat(corrupt.file()).isEqualTo(segment());
                                assertThat(corrupt.offsetBytes()).isEqualTo(second);
                            });
        }
    }

    /** Tries every byte of the head, as seen through what stands before the disk. */
    static void requireTornHeadsToBeDropped(UnaryOperator<Disk> front) {
        int last = frames().getLast();
        for (int i = 0; i < LogBytes.HEAD_BYTES; i++) {
            requireDurableOnly(damaged(last + i), front);
        }
    }

    /** Tries every byte of the second batch's head, and the first of its body. */
    static void requireDamageToBeRefused(UnaryOperator<Disk> front) {
        int second = frames().get(1);
        for (int i = 0; i <= LogBytes.HEAD_BYTES; i++) {
            Map<Path, ByteBuffer> files = damaged(second + i);
            Disk disk = disk(files);
            assertThatThrownBy(() -> open(front.apply(disk)).store())
                    .as("byte " + i)
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining(segment().getFileName().toString());
            assertThat(files(disk)).as("byte " + i).isEqualTo(files);
        }
    }

    private static void requireDurableOnly(Map<Path, ByteBuffer> files, UnaryOperator<Disk> front) {
        Disk disk = disk(files);
        try (StoreUnderTest store = open(front.apply(disk))) {
            assertThat(store.positions(1)).isEqualTo(DURABLE);
            store.put(1, 9, "behind the torn tail");
        }
        try (StoreUnderTest store = open(front.apply(disk))) {
            assertThat(store.positions(1)).containsExactly(1L, 2L, 3L, 4L, 9L);
        }
    }

    private static StoreUnderTest open(Disk disk) {
        return new StoreUnderTest(
                () -> LsmStore.open(Fixtures.small(DIRECTORY), LsmEnvironment.on(disk)));
    }

    private static Map<Path, ByteBuffer> killed() {
        Disk disk = new CrashingDisk(1);
        SeededSteps steps = new SeededSteps(new Seed(1));
        LsmEnvironment environment = Fixtures.stepped(disk, steps);
        try (StoreUnderTest store =
                new StoreUnderTest(
                        () -> LsmStore.open(Fixtures.small(DIRECTORY), environment),
                        steps::await)) {
            for (long position : DURABLE) {
                store.write(Durability.DURABLE, batch -> put(batch, position));
                if (position == 1) {
                    steps.runAll(); // puts on record how far the log is synced: to here
                }
            }
            store.write(Durability.WRITTEN, batch -> put(batch, 5));
            return files(disk);
        }
    }

    private static void put(WriteBatch batch, long position) {
        batch.put(StoreUnderTest.SPACE, 1, position, Bytes.of(String.valueOf(position)));
    }

    private static Map<Path, ByteBuffer> files(Disk disk) {
        Map<Path, ByteBuffer> files = new HashMap<>();
        for (Path path : disk.list(DIRECTORY)) {
            try (DiskFile file = disk.openReadOnly(path)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeBytes());
                file.read(0, bytes);
                files.put(path, bytes.rewind());
            }
        }
        return files;
    }

    private static Disk disk(Map<Path, ByteBuffer> files) {
        Disk disk = new CrashingDisk(1);
        disk.createDirectories(DIRECTORY);
        files.forEach((path, bytes) -> {
            try (DiskFile file = disk.create(path)) {
                file.write(0, bytes.duplicate());
                file.sync();
            }
        });
        disk.syncDirectory(DIRECTORY);
        return disk;
    }

    /** The segment with the batches. */
    private static Path segment() {
        return KILLED.keySet().stream()
                .filter(path -> path.toString().endsWith(".wal"))
                .filter(path -> !frames(path).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> frames() {
        List<Integer> frames = frames(segment());
        assertThat(frames).hasSize(DURABLE.size() + 1);
        return frames;
    }

    private static List<Integer> frames(Path path) {
        return new LogBytes(Objects.requireNonNull(KILLED.get(path)), 0).frames();
    }

    /** The files with one byte of the segment turned over. */
    private static Map<Path, ByteBuffer> damaged(int offset) {
        return changed(bytes -> bytes.put(offset, (byte) ~bytes.get(offset)));
    }

    private static Map<Path, ByteBuffer> changed(Consumer<ByteBuffer> change) {
        Map<Path, ByteBuffer> files = new HashMap<>(KILLED);
        files.computeIfPresent(
                segment(),
                (_, bytes) -> {
                    ByteBuffer changed = ByteBuffer.allocate(bytes.remaining());
                    changed.put(bytes.duplicate()).rewind();
                    change.accept(changed);
                    return changed;
                });
        return files;
    }
}
