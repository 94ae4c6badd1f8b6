package cordwood.lsm.commit;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.LsmEnvironment;
import cordwood.lsm.LsmStore;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SmallDisk;
import cordwood.testkit.mutant.InsteadOf;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The Java heap is full where a memtable is made for a group; see {@code ErrorsTest}. */
public final class HeapEndsInGroups {

    private static final long DISK_BYTES = 28 << 20;
    private static final long BUDGET_BYTES = 128 << 20;
    private static final int RECORD_BYTES = 64 << 10;

    private static volatile boolean full;
    private static final AtomicInteger GIVEN_UP = new AtomicInteger();

    private final CrashingDisk disk = new CrashingDisk(1);

    /** For JUnit. */
    public HeapEndsInGroups() {}

    /** Finds no heap, while there is none. */
    @InsteadOf(MemtablePool.class)
    public static @Nullable Memtable tryTake(MemtablePool memtables) {
        if (full) {
            GIVEN_UP.incrementAndGet();
            throw new OutOfMemoryError("thrown by a test");
        }
        return memtables.tryTake();
    }

    @Test
    void aGroupRefusedForRoomWhichFindsNoHeapEitherIsARefusalStill() {
        StoreOptions options =
                new StoreOptions(
                        Path.of("/disk/store").toAbsolutePath(),
                        BUDGET_BYTES,
                        Map.of("wal-segment-size", "256KiB", "memtable-size", "16MiB"));
        LsmEnvironment environment = LsmEnvironment.on(new SmallDisk(disk, DISK_BYTES));
        try (StoreUnderTest store = new StoreUnderTest(() -> LsmStore.open(options, environment))) {
            store.put(1, 1, "the first");
            full = true;
            long position = 2;
            StoreException refusal = null;
            while (GIVEN_UP.get() == 0 || refusal == null) {
                refusal = put(store, position);
                position += refusal == null ? 1 : 0;
            }
            assertThat(refusal)
                    .isInstanceOfAny(StoreException.Full.class, StoreException.Busy.class);
            assertThat(refusal.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            full = false;
            long last = position - 1;
            store.write(Durability.DURABLE, batch -> batch.trim(StoreUnderTest.SPACE, 1, last - 1));
            assertThat(store.positions(1)).containsExactly(last);
        }
    }

    private static @Nullable StoreException put(StoreUnderTest store, long position) {
        WriteBatch batch = store.newBatch();
        batch.put(StoreUnderTest.SPACE, 1, position, Bytes.random(position, RECORD_BYTES));
        Commit commit = store.store().append(batch, Durability.WRITTEN);
        try {
            commit.await();
            return null;
        } catch (StoreException e) {
            return e;
        }
    }
}
