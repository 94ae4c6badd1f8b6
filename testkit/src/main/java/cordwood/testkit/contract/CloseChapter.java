package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** After close every use is refused, and nothing that was accepted is lost. */
interface CloseChapter extends ContractChapter {

    /** How often two close one store. */
    int CLOSINGS = Boolean.getBoolean("cordwood.long") ? 50 : 3;

    private static void assertClosed(String what, ThrowingCallable call) {
        assertThatThrownBy(call).as(what).isInstanceOf(StoreException.Closed.class);
    }

    @Test
    default void everyMethodIsRefusedAfterClose() {
        subject().putEach(1, 1, 2);
        StreamStore store = subject().store();
        WriteBatch batch = store.newBatch();
        batch.put(SPACE, 1, 3, Bytes.of("x"));
        Durability level = Durability.WRITTEN;
        subject().close();

        assertClosed("newBatch", store::newBatch);
        assertClosed("append", () -> store.append(batch, level));
        assertClosed("tryAppend", () -> store.tryAppend(batch, level));
        assertClosed("read", () -> store.read(SPACE, 1, 1, 2, Order.FORWARD));
        assertClosed("bounds", () -> store.bounds(SPACE, 1));
        assertClosed("attribute", () -> store.attribute(SPACE, 1, 1));
        assertClosed("streams", () -> store.streams(SPACE));
        assertClosed("watermark", () -> store.watermark(level));
        assertClosed("metrics", store::metrics);
        assertClosed("limits", store::limits);
        assertClosed("statistics", store::statistics);
        if (store instanceof LocalStore local) {
            assertClosed("flush", local::flush);
            assertClosed("compact", local::compact);
            assertClosed("checkpoint", () -> local.checkpoint(directory().resolveSibling("copy")));
        }
        batch.close();
    }

    @Test
    default void cursorsAreRefusedAfterTheStoreWasClosed() {
        subject().putEach(1, 1, 2);
        StreamStore store = subject().store();
        Cursor fresh = store.read(SPACE, 1, 1, 2, Order.FORWARD);
        Cursor onRecord = store.read(SPACE, 1, 1, 2, Order.BACKWARD);
        onRecord.next();
        StreamCursor streams = store.streams(SPACE);
        streams.next();
        subject().close();

        assertClosed("next of a fresh cursor", fresh::next);
        assertClosed("next", onRecord::next);
        assertClosed("position", onRecord::position);
        assertClosed("value", onRecord::value);
        assertClosed("next stream", streams::next);
        assertClosed("stream", streams::stream);
        fresh.close();
        onRecord.close();
        streams.close();
        streams.close();
    }

    @Test
    default void aClosedCursorIsRefused() {
        subject().putEach(1, 1, 2);
        Cursor cursor = subject().store().read(SPACE, 1, 1, 2, Order.FORWARD);
        cursor.next();
        cursor.close();
        cursor.close();
        assertClosed("next", cursor::next);
        assertClosed("position", cursor::position);
        assertClosed("value", cursor::value);
        StreamCursor streams = subject().store().streams(SPACE);
        streams.next();
        streams.close();
        streams.close();
        assertClosed("next stream", streams::next);
        assertClosed("stream", streams::stream);
        assertThat(subject().texts(1)).as("the store goes on").containsExactly("1", "2");
    }

    @Test
    default void closeIsIdempotent() {
        subject().putEach(1, 1);
        StreamStore store = subject().store();
        store.close();
        store.close();
        assertThat(subject().reopen()).isNotNull();
        store.close();
        subject().putEach(1, 2);
    }

    private List<Commit> appendMany() {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            WriteBatch batch = subject().newBatch();
            batch.put(SPACE, 1, i, Bytes.random(i, 64 << 10));
            commits.add(subject().store().append(batch, Durability.DURABLE));
        }
        return commits;
    }

    @Test
    default void whoeverClosesFindsTheStoreClosedThoughOthersBegan() {
        for (int round = 0; round < CLOSINGS; round++) {
            StreamStore store = subject().reopen();
            appendMany();
            CountDownLatch begun = new CountDownLatch(1);
            try (Threads threads = new Threads()) {
                threads.start(() -> {
                    begun.countDown();
                    store.close();
                });
                begun.await();
                store.close();
                subject().reopen();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(subject().positions(1)).hasSize(32);
    }

    @Test
    default void anInterruptDoesNotReachWhatCloses() {
        StreamStore store = subject().store();
        appendMany();
        Thread.currentThread().interrupt();
        try {
            store.close();
        } finally {
            assertThat(Thread.interrupted()).as("it is kept").isTrue();
        }
        subject().reopen();
        assertThat(subject().positions(1)).hasSize(32);
    }

    @Test
    default void aListenerMayCloseTheStore() {
        StreamStore store = subject().store();
        Thread me = Thread.currentThread();
        AtomicBoolean closed = new AtomicBoolean();
        AtomicLong told = new AtomicLong();
        long accepted =
                appendUntilClosed(
                        closed,
                        _ -> {
                            told.incrementAndGet();
                            if (!Thread.currentThread().equals(me)) {
                                store.close();
                                closed.set(true);
                            }
                        });
        subject().reopen();
        assertThat(subject().positions(1)).hasSize(Math.toIntExact(accepted));
        Poll.until("every listener was told", () -> told.get() == accepted);
    }

    /** Appends with the listener, which has the store closed some time; how many were accepted. */
    private long appendUntilClosed(AtomicBoolean closed, Commit.Listener listener) {
        StreamStore store = subject().store();
        long accepted = 0;
        try {
            while (!closed.get()) {
                WriteBatch batch = subject().newBatch();
                batch.put(SPACE, 1, accepted, Bytes.of("x"));
                Commit commit = store.append(batch, Durability.DURABLE);
                accepted++;
                commit.whenDone(listener);
            }
        } catch (StoreException.Closed _) {
            Poll.until("the store is closed", closed::get);
        }
        return accepted;
    }

    @Test
    default void whatIsToldOfAListenersFailureMayCloseTheStore() {
        StreamStore store = subject().store();
        Thread me = Thread.currentThread();
        AtomicBoolean closed = new AtomicBoolean();
        long accepted;
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, _) -> {
            store.close();
            closed.set(true);
        });
        try {
            accepted =
                    appendUntilClosed(
                            closed,
                            _ -> {
                                if (!Thread.currentThread().equals(me)) {
                                    throw new IllegalStateException("a listener of a test");
                                }
                            });
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        subject().reopen();
        assertThat(subject().positions(1)).hasSize(Math.toIntExact(accepted));
    }

    @Test
    default void closeCompletesWhatWasAccepted() {
        StreamStore store = subject().store();
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            WriteBatch batch = subject().newBatch();
            batch.put(SPACE, 1, i, Bytes.of("x"));
            commits.add(store.append(batch, StoreUnderTest.level(i)));
        }
        subject().close();
        for (Commit commit : commits) {
            assertThat(commit.isDone()).isTrue();
            assertThat(commit.failure()).isNull();
        }
    }

    @Test
    default void appendRacingCloseIsRefusedOrCompletes() throws Exception {
        for (int round = 0; round < 10; round++) {
            StreamStore store = subject().reopen();
            AtomicLong accepted = new AtomicLong();
            try (Threads threads = new Threads()) {
                for (int writer = 0; writer < 4; writer++) {
                    long stream = writer;
                    threads.start(() -> appendUntilClosed(store, stream, accepted));
                }
                while (accepted.get() < 20 && !threads.failed()) {
                    Thread.onSpinWait();
                }
                subject().close();
            }
        }
    }

    private static void appendUntilClosed(StreamStore store, long stream, AtomicLong accepted) {
        try (WriteBatch batch = store.newBatch()) {
            for (long position = 0; ; position++) {
                batch.clear();
                batch.put(SPACE, stream, position, Bytes.of("x"));
                store.append(batch, Durability.BUFFERED).await();
                accepted.incrementAndGet();
            }
        } catch (StoreException.Closed e) {
            assertThat(e).hasMessageContaining("store");
        }
    }
}
