package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.Threads;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many writers and readers at once. */
interface ConcurrencyChapter extends ContractChapter {

    @Test
    default void everyAcknowledgedRecordOfManyWritersIsThere() throws Exception {
        StreamStore store = subject().store();
        int writers = 8;
        int batches = 60;
        try (Threads threads = new Threads()) {
            for (int writer = 0; writer < writers; writer++) {
                long stream = writer;
                threads.start(() -> appendBatches(store, stream, batches));
            }
        }
        for (long stream = 0; stream < writers; stream++) {
            assertThat(subject().positions(stream)).hasSize(batches * 3);
            assertThat(subject().store().bounds(SPACE, stream))
                    .isEqualTo(new StreamBounds(0, batches * 3 - 1, StreamBounds.NEVER_TRIMMED));
        }
        long commits = (long) writers * batches;
        assertThat(store.watermark(Durability.BUFFERED)).isEqualTo(commits);
    }

    private static void appendBatches(StreamStore store, long stream, int batches) {
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < batches; i++) {
                batch.clear();
                for (int record = 0; record < 3; record++) {
                    batch.put(SPACE, stream, 3L * i + record, Bytes.of("record " + record));
                }
                Commit commit = store.append(batch, StoreUnderTest.level(i));
                commit.await();
                assertThat(store.bounds(SPACE, stream).last()).isEqualTo(3L * i + 2);
            }
        }
    }

    @Test
    default void aBatchIsAtomicPerStreamWithItsAttributes() throws Exception {
        StreamStore store = subject().store();
        AtomicBoolean done = new AtomicBoolean();
        try (Threads threads = new Threads()) {
            threads.start(() -> {
                try {
                    writePairs(store);
                } finally {
                    done.set(true);
                }
            });
            for (int reader = 0; reader < 2; reader++) {
                threads.start(() -> {
                    while (!done.get()) {
                        checkPairs(store);
                        LockSupport.parkNanos(
                                1); // a read may never park, and others need the carrier
                    }
                });
            }
        }
        assertThat(store.bounds(SPACE, 1).last()).isEqualTo(799);
    }

    private static void writePairs(StreamStore store) {
        try (WriteBatch batch = store.newBatch()) {
            for (long pair = 0; pair < 400; pair++) {
                batch.clear();
                batch.put(SPACE, 1, 2 * pair, Bytes.of("even"));
                batch.attribute(SPACE, 1, 1, Bytes.of(String.valueOf(2 * pair + 1)));
                batch.put(SPACE, 1, 2 * pair + 1, Bytes.of("odd"));
                store.append(batch, Durability.BUFFERED).await();
            }
        }
    }

    private static void checkPairs(StreamStore store) {
        long before = lastSaid(store);
        StreamBounds bounds = store.bounds(SPACE, 1);
        long after = lastSaid(store);
        if (bounds.isEmpty()) {
            assertThat(before).as("the attribute ran ahead of its batch").isEqualTo(-1);
            return;
        }
        assertThat(bounds.last() % 2).as("half a batch was visible: " + bounds).isEqualTo(1);
        assertThat(bounds.last())
                .as("records of the attribute seen")
                .isGreaterThanOrEqualTo(before);
        assertThat(after).as("attribute of the records seen").isGreaterThanOrEqualTo(bounds.last());
    }

    private static long lastSaid(StreamStore store) {
        MemorySegment value = store.attribute(SPACE, 1, 1);
        return value == null ? -1 : Long.parseLong(Bytes.text(value));
    }

    @Test
    default void readersSeeEveryAcknowledgedRecordInOrderWhileWritersGoOn() throws Exception {
        StreamStore store = subject().store();
        AtomicLong acknowledged = new AtomicLong(-1);
        AtomicBoolean done = new AtomicBoolean();
        try (Threads threads = new Threads()) {
            threads.start(() -> {
                try (WriteBatch batch = store.newBatch()) {
                    for (long position = 0; position < 500; position++) {
                        batch.clear();
                        batch.put(SPACE, 1, position, Bytes.of("record " + position));
                        store.append(batch, Durability.WRITTEN).await();
                        acknowledged.set(position);
                    }
                } finally {
                    done.set(true);
                }
            });
            for (int reader = 0; reader < 2; reader++) {
                threads.start(() -> {
                    while (!done.get()) {
                        walk(store, acknowledged.get());
                        LockSupport.parkNanos(1);
                    }
                });
            }
        }
        walk(store, 499);
    }

    private static void walk(StreamStore store, long atLeast) {
        long expected = 0;
        try (Cursor cursor = store.read(SPACE, 1, 0, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                assertThat(cursor.position()).isEqualTo(expected);
                assertThat(Bytes.text(cursor.value())).isEqualTo("record " + expected);
                expected++;
            }
        }
        assertThat(expected).as("records seen").isGreaterThan(atLeast);
    }
}
