package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compaction on a disk without room. */
@ExtendWith(SeedExtension.class)
final class FullDiskCompactionTest {

    private static final Space SPACE = new Space(3, "test");
    private static final long DEADLINE_SECONDS = 40;
    private static final long LARGE_TABLE_BYTES = 5 << 20;

    private static void put(LsmStore store, long position) {
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, position, Bytes.of("value"));
            store.append(batch, Durability.DURABLE).await();
        }
    }

    @Test
    void compactionWithoutRoomIsRefusedAndWritesGoOn() {
        Fault fault =
                Fault.from(Fault.Kind.NO_SPACE, 1)
                        .only(call -> call.fileName().endsWith(".table.tmp"));
        FailingDisk disk = new FailingDisk(new CrashingDisk(1), fault);
        disk.disarm();
        Path directory = Path.of("/disk/store").toAbsolutePath();
        try (LsmStore store = LsmStore.open(Fixtures.small(directory), LsmEnvironment.on(disk))) {
            put(store, 1);
            store.flush();
            put(store, 2);
            store.flush();

            disk.arm();
            assertThatThrownBy(store::compact).isInstanceOf(StoreException.Full.class);
            assertThat(disk.hasFailed()).isTrue();
            put(store, 3);

            disk.disarm();
            store.compact();
            put(store, 4);
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(4);
        }
    }

    @Test
    void whenEverythingIsCompactedWhatHasRoomIsAndWhatIsLeftIsTold() {
        Fault fault =
                Fault.from(Fault.Kind.NO_SPACE, 1)
                        .only(call ->
                                call.fileName().endsWith(".table.tmp")
                                        && call.offsetBytes() + call.lengthBytes() > 300_000);
        FailingDisk disk = new FailingDisk(new CrashingDisk(1), fault);
        disk.disarm();
        Path directory = Path.of("/disk/store").toAbsolutePath();
        try (LsmStore store = LsmStore.open(Fixtures.small(directory), LsmEnvironment.on(disk))) {
            for (int records : new int[] {400, 50, 50, 50}) {
                fill(store, 1, records);
                store.flush();
            }
            assertThat(store.metrics().value(Metric.COMPACTION_WRITE_BYTES)).isZero();

            disk.arm();
            assertThatThrownBy(store::compact)
                    .isInstanceOf(StoreException.Full.class)
                    .hasMessageMatching(
                            "\\d+ tables of \\S+ \\S+ are left that there is no room .*");
            assertThat(store.metrics().value(Metric.COMPACTION_WRITE_BYTES)).isPositive();

            disk.disarm();
            store.compact();
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(399);
        }
    }

    @Test
    void whatThereIsRoomForIsWrittenAnewBesideWhatThereIsNone() {
        SmallDisk disk = new SmallDisk(new CrashingDisk(1), 32L << 20);
        Path directory = Path.of("/disk/store").toAbsolutePath();
        int streams = 8;
        try (LsmStore store = LsmStore.open(Fixtures.small(directory), LsmEnvironment.on(disk))) {
            fill(store, 1, 4_000);
            store.compact();
            for (int stream = 2; stream < 2 + streams; stream++) {
                fill(store, stream, 200);
                store.flush();
            }
            long leftBytes = 512 << 10;
            try (DiskFile others = disk.create(Path.of("/disk/others").toAbsolutePath())) {
                others.preallocate(disk.freeBytes() - leftBytes);
            }

            trim(store, 1, 2_400); // 1.6 MB survive
            for (int stream = 2; stream < 2 + streams; stream++) {
                trim(store, stream, 110);
            }

            Poll.until(
                    "half of the small tables come back",
                    DEADLINE_SECONDS,
                    () -> disk.freeBytes() >= leftBytes + streams * 90_000L);
            assertThat(store.bounds(SPACE, 1).first()).isEqualTo(2_401);
            assertThat(store.bounds(SPACE, 2).first()).isEqualTo(111);
        }
    }

    private static void fill(LsmStore store, long stream, int records) {
        for (int first = 0; first < records; first += 50) {
            try (WriteBatch batch = store.newBatch()) {
                for (int position = first; position < first + 50; position++) {
                    batch.put(SPACE, stream, position, Bytes.random(position, 1_000));
                }
                store.append(batch, Durability.BUFFERED).await();
            }
        }
    }

    private static void trim(LsmStore store, long stream, long to) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(SPACE, stream, to);
            store.append(batch, Durability.DURABLE).await();
        }
    }

    /** Its rest is larger than what is free, and smaller than the reserve. */
    @Test
    void whatWasTrimmedOfALargeTableComesBackWhereNothingIsLeft(Seed seed) {
        Path directory = Path.of("/disk/store").toAbsolutePath();
        CrashingDisk under = new CrashingDisk(1);
        under.createDirectories(directory.getParent());
        SmallDisk disk = new SmallDisk(under, 16 << 20);
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "64KiB",
                        "wal-segment-size",
                        "512KiB");
        OneStream stream = new OneStream(seed.random());
        try (LsmStore store = LsmStore.open(options, LsmEnvironment.on(disk))) {
            while (store.metrics().value(Metric.FLUSH_BYTES) < LARGE_TABLE_BYTES) {
                stream.put(store);
            }
            store.compact();
            long merged = stream.next();
            stream.fill(store, "the disk is full");
            long tables = store.metrics().value(Metric.TABLE_BYTES);

            stream.trim(store, merged * 85 / 100);

            Poll.until(
                    "what was trimmed is free",
                    DEADLINE_SECONDS,
                    () -> {
                        long bytes = store.metrics().value(Metric.TABLE_BYTES);
                        return bytes < tables - LARGE_TABLE_BYTES / 2;
                    });
            stream.resumedMillis(store);
            stream.requireAll(store);
        }
        try (LsmStore store = LsmStore.open(options, LsmEnvironment.on(disk))) {
            stream.requireAll(store);
        }
    }
}
