package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Cursor;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Poll;
import cordwood.testkit.Threads;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing the store under the feet of everybody who uses it is refused to them, never a fault. */
class CloseRaceTest {

    private static final int ROUNDS = Boolean.getBoolean("cordwood.long") ? 300 : 12;

    @TempDir private Path root;

    private interface Use {
        void once(LocalStore store);
    }

    private static final Use[] USES = {
        store -> {
            try (Cursor cursor = store.read(Fixtures.SPACE, 1, 0, 1_000, Order.FORWARD)) {
                while (cursor.next()) {
                    assertThat(cursor.value().byteSize()).isEqualTo(100);
                }
            }
        },
        store -> {
            try (Cursor cursor = store.read(Fixtures.SPACE, 1, 0, 1_000, Order.BACKWARD)) {
                while (cursor.next()) {
                    assertThat(cursor.position()).isBetween(0L, 999L);
                }
            }
        },
        store -> {
            try (StreamCursor cursor = store.streams(Fixtures.SPACE)) {
                while (cursor.next()) {
                    assertThat(cursor.stream()).isEqualTo(1);
                }
            }
        },
        store -> assertThat(store.bounds(Fixtures.SPACE, 1).first()).isZero(),
        store -> assertThat(store.attribute(Fixtures.SPACE, 1, 1)).isNull(),
        store -> assertThat(store.metrics().values()).isNotEmpty(),
        store -> assertThat(store.statistics()).isNotEmpty(),
        LocalStore::flush,
        store -> {
            try (WriteBatch batch = store.newBatch()) {
                for (int i = 0; i < 50; i++) {
                    batch.put(Fixtures.SPACE, 2, i, Fixtures.pattern(100));
                    batch.trim(Fixtures.SPACE, 3, i);
                    batch.attribute(Fixtures.SPACE, 3, 1, Fixtures.pattern(5));
                }
            }
        }
    };

    @Test
    void everyUseIsRefusedOrRightWhileTheStoreCloses() throws Exception {
        Path directory = root.resolve("store");
        for (int round = 0; round < ROUNDS; round++) {
            LocalStore store = Fixtures.open(directory);
            if (round == 0) {
                Fixtures.put(store, 1, 0, 1_000, 100);
            }
            AtomicIntegerArray done = new AtomicIntegerArray(USES.length);
            try (Threads threads = new Threads()) {
                for (int use = 0; use < USES.length; use++) {
                    int index = use;
                    threads.start(() -> useUntilClosed(store, index, done));
                }
                Poll.until(
                        "everyone uses the store", () -> everyoneBegan(done) || threads.failed());
                store.close();
            }
        }
    }

    private static void useUntilClosed(LocalStore store, int index, AtomicIntegerArray done) {
        try {
            while (true) {
                USES[index].once(store);
                done.incrementAndGet(index);
                LockSupport.parkNanos(1); // lets others have the carrier
            }
        } catch (StoreException.Closed e) {
            assertThat(e).hasMessageContaining("store");
        }
    }

    private static boolean everyoneBegan(AtomicIntegerArray done) {
        for (int i = 0; i < done.length(); i++) {
            if (done.get(i) == 0) {
                return false;
            }
        }
        return true;
    }
}
