package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R26: very many streams, and very many cursors at once, in the smallest budget there is. */
@ExtendWith(SeedExtension.class)
final class ManyStreamsTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final int STREAMS = FaultOpener.LONG ? 1_000_000 : 100_000;
    private static final int BATCH_STREAMS = 500;
    private static final int READS = 2_000;
    private static final int CURSORS = FaultOpener.LONG ? 8_000 : 800;
    private static final int VALUE_BYTES = 24;

    private final CrashingDisk disk = new CrashingDisk(1);

    private LsmStore open() {
        return LsmStore.open(
                Fixtures.options(STORE, StoreOptions.MEMORY_BUDGET_BYTES_MIN),
                LsmEnvironment.on(disk));
    }

    private static long stream(int index) {
        return index * 0x9E37_79B9_7F4A_7C15L;
    }

    private static MemorySegment value(int index) {
        return Bytes.random(index, VALUE_BYTES);
    }

    /** Far more than fits is under way at once. */
    private static void fill(LsmStore store) {
        List<Commit> commits = new ArrayList<>();
        for (int first = 0; first < STREAMS; first += BATCH_STREAMS) {
            WriteBatch batch = store.newBatch();
            for (int index = first; index < first + BATCH_STREAMS; index++) {
                batch.put(SampleStore.SPACE, stream(index), index, value(index));
            }
            commits.add(store.append(batch, Durability.WRITTEN));
        }
        commits.forEach(Commit::await);
        store.flush();
    }

    private static void requireAll(LsmStore store, SplittableRandom random) {
        int count = 0;
        long before = Long.MIN_VALUE;
        try (StreamCursor streams = store.streams(SampleStore.SPACE)) {
            while (streams.next()) {
                assertThat(count == 0 || streams.stream() > before).isTrue();
                before = streams.stream();
                count++;
            }
        }
        assertThat(count).isEqualTo(STREAMS);
        for (int i = 0; i < READS; i++) {
            int index = random.nextInt(STREAMS);
            try (Cursor cursor = cursor(store, index)) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.position()).isEqualTo(index);
                assertThat(cursor.value().mismatch(value(index))).isNegative();
                assertThat(cursor.next()).isFalse();
            }
        }
    }

    private static Cursor cursor(LsmStore store, int index) {
        return store.read(
                SampleStore.SPACE, stream(index), Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD);
    }

    @Test
    void everyStreamIsListedAndReadBeforeAndAfterMergingAndReopening(Seed seed) {
        SplittableRandom random = seed.random();
        try (LsmStore store = open()) {
            fill(store);
            requireAll(store, random);
            store.compact();
            requireAll(store, random);
        }
        try (LsmStore store = open()) {
            requireAll(store, random);
        }
    }

    /** Each takes memory only while it is on a record; what cannot be had is refused, for now. */
    @Test
    void cursorsAreServedOrRefusedAndTheStoreGoesOn() {
        try (LsmStore store = open()) {
            try (WriteBatch batch = store.newBatch()) {
                for (int index = 0; index < CURSORS; index++) {
                    batch.put(SampleStore.SPACE, stream(index), index, value(index));
                }
                store.append(batch, Durability.DURABLE).await();
            }
            List<Cursor> cursors = new ArrayList<>();
            int served = 0;
            for (int index = 0; index < CURSORS; index++) {
                Cursor cursor = cursor(store, index);
                cursors.add(cursor);
                try {
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.position()).isEqualTo(index);
                    served++;
                } catch (StoreException.Busy refusal) {
                    assertThat(refusal).hasMessageContaining("memory");
                }
            }
            assertThat(served).isGreaterThan(50);
            cursors.forEach(Cursor::close);
            try (Cursor cursor = cursor(store, CURSORS - 1)) {
                assertThat(cursor.next()).isTrue();
            }
            try (WriteBatch batch = store.newBatch()) {
                batch.put(SampleStore.SPACE, 1, 1, value(1));
                store.append(batch, Durability.DURABLE).await();
            }
        }
    }
}
