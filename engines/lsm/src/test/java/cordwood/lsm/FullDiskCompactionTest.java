package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Compaction on a disk without room. */
final class FullDiskCompactionTest {

    private static final Space SPACE = new Space(3, "test");

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
}
