package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.Threads;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Uses that nobody should make are refused by a typed failure, and the store is as before. */
interface CarelessChapter extends ContractChapter {

    /** Makes a call on another thread. */
    private static void elsewhere(ThrowingCallable call) {
        try (Threads threads = new Threads()) {
            threads.start(() -> {
                try {
                    call.call();
                } catch (Exception | Error failure) {
                    throw failure;
                } catch (Throwable failure) {
                    throw new AssertionError(failure);
                }
            });
        }
    }

    private static void assertRefusedElsewhere(String what, ThrowingCallable call) {
        elsewhere(
                () -> assertThatThrownBy(call).as(what).isInstanceOf(StoreException.Invalid.class));
    }

    @Test
    default void aCursorIsRefusedToOtherThreads() {
        subject().putEach(1, 1, 2, 3);
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 3, Order.FORWARD)) {
            assertThat(cursor.next()).isTrue();
            assertRefusedElsewhere("next", cursor::next);
            assertRefusedElsewhere("position", cursor::position);
            assertRefusedElsewhere("value", cursor::value);
            assertRefusedElsewhere("close", cursor::close);
            assertThat(cursor.position()).isEqualTo(1);
            assertThat(Bytes.text(cursor.value())).isEqualTo("1");
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.position()).isEqualTo(2);
        }
    }

    @Test
    default void aWalkOverStreamsIsRefusedToOtherThreads() {
        subject().putEach(1, 1);
        subject().putEach(2, 1);
        try (StreamCursor streams = subject().store().streams(SPACE)) {
            assertThat(streams.next()).isTrue();
            long first = streams.stream();
            assertRefusedElsewhere("next", streams::next);
            assertRefusedElsewhere("stream", streams::stream);
            assertRefusedElsewhere("close", streams::close);
            assertThat(streams.stream()).isEqualTo(first);
            assertThat(streams.next()).isTrue();
        }
    }

    @Test
    default void anythingMissingIsRefused() {
        StreamStore store = subject().store();
        subject().put(1, 1, "one");
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 2, Bytes.of("two"));
            List<ThrowingCallable> calls =
                    List.of(
                            () -> store.read(missing(), 1, 1, 2, Order.FORWARD),
                            () -> store.read(SPACE, 1, 1, 2, missing()),
                            () -> store.bounds(missing(), 1),
                            () -> store.attribute(missing(), 1, 1),
                            () -> store.streams(missing()),
                            () -> store.watermark(missing()),
                            () -> store.append(missing(), Durability.WRITTEN),
                            () -> store.tryAppend(missing(), Durability.WRITTEN),
                            () -> store.append(batch, missing()),
                            () -> store.tryAppend(batch, missing()),
                            () -> batch.put(missing(), 1, 3, Bytes.of("x")),
                            () -> batch.put(SPACE, 1, 3, missing()),
                            () -> batch.put(SPACE, 1, 3, missing(), Bytes.of("x")),
                            () -> batch.put(SPACE, 1, 3, Bytes.of("x"), missing()),
                            () -> batch.trim(missing(), 1, 3),
                            () -> batch.attribute(missing(), 1, 1, Bytes.of("x")),
                            () -> batch.attribute(SPACE, 1, 1, missing()),
                            () -> batch.onlyAfter(missing()));
            for (int i = 0; i < calls.size(); i++) {
                assertThatThrownBy(calls.get(i))
                        .as("call " + i)
                        .isInstanceOfAny(NullPointerException.class, StoreException.Invalid.class);
            }
            assertThat(batch.operationCount()).isEqualTo(1);
            store.append(batch, Durability.DURABLE).await();
        }
        assertThat(subject().texts(1)).containsExactly("one", "two");
        assertThat(subject().streams(SPACE)).containsExactly(1L);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that is what is tried
    private static <T> T missing() {
        return null;
    }

    @Test
    default void aBatchThatIsUnderWayIsRefusedToEverybody() {
        StreamStore store = subject().store();
        WriteBatch batch = store.newBatch();
        batch.put(SPACE, 1, 1, Bytes.of("one"));
        Commit commit = store.append(batch, Durability.DURABLE);
        List<ThrowingCallable> uses =
                List.of(
                        () -> batch.put(SPACE, 1, 2, Bytes.of("x")),
                        () -> store.append(batch, Durability.WRITTEN),
                        () -> store.tryAppend(batch, Durability.WRITTEN));
        uses.forEach(use -> assertThatThrownBy(use).isInstanceOf(StoreException.Invalid.class));
        commit.await();
        batch.close();
        assertThat(subject().texts(1)).containsExactly("one");
    }

    @Test
    default void aValueKeptOverTheNextCallOrTheCloseIsNeverWritableAndHarmsNobody() {
        subject().putEach(1, 1, 2);
        MemorySegment kept;
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 2, Order.FORWARD)) {
            cursor.next();
            kept = cursor.value();
            cursor.next();
            assertThat(kept.isReadOnly()).isTrue();
        }
        subject().putEach(2, 1, 2, 3);
        assertThat(subject().texts(1)).containsExactly("1", "2");
        assertThat(kept.byteSize()).isEqualTo(1);
    }

    @Test
    default void aListenerThatThrowsHarmsNobody() {
        StreamStore store = subject().store();
        for (int i = 0; i < 20; i++) {
            WriteBatch batch = store.newBatch();
            batch.put(SPACE, 1, i, Bytes.of("x"));
            Commit commit = store.append(batch, Durability.WRITTEN);
            try {
                commit.whenDone(_ -> {
                    throw new IllegalStateException("a listener of a test");
                });
            } catch (IllegalStateException ofListener) {
                assertThat(ofListener).hasMessage("a listener of a test");
            }
            Poll.until("the commit", commit::isDone);
        }
        subject().put(1, 20, "last");
        assertThat(subject().texts(1)).hasSize(21);
    }

    @Test
    default void twoThreadsInOneBatchAreToldAndNothingIsMixedUp() {
        int rounds = 20;
        int entries = 500;
        Set<Long> put = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < rounds; round++) {
            long first = (long) round * entries;
            WriteBatch batch = subject().newBatch();
            batch.put(SPACE, 0, first, Bytes.of("so that it is not empty"));
            try (Threads threads = new Threads()) {
                for (int stream = 1; stream <= 2; stream++) {
                    long own = stream;
                    threads.start(() -> {
                        for (int i = 0; i < entries; i++) {
                            try {
                                batch.put(SPACE, own, first + i, Bytes.of("some text"));
                                put.add(own << 32 | (first + i));
                            } catch (StoreException.Invalid _) {
                                Thread.onSpinWait(); // the other one's call is under way
                            }
                        }
                    });
                }
            }
            subject().await(subject().store().append(batch, Durability.WRITTEN));
        }
        for (int life = 1; life <= 2; life++) {
            Set<Long> found = new HashSet<>();
            for (long stream = 1; stream <= 2; stream++) {
                for (long position : subject().positions(stream)) {
                    found.add(stream << 32 | position);
                }
            }
            assertThat(found).isEqualTo(put);
            subject().reopen();
        }
    }
}
