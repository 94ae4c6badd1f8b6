package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.Threads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sequence of commits, its watermarks, and how callers learn that one is done. */
interface CommitChapter extends ContractChapter {

    private WriteBatch batchWith(long position) {
        WriteBatch batch = subject().newBatch();
        batch.put(SPACE, 1, position, Bytes.of("x"));
        return batch;
    }

    @Test
    default void commitsTakePlacesInOneSequence() {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Durability level = StoreUnderTest.level(i);
            Commit commit = subject().store().append(batchWith(i), level);
            assertThat(commit.level()).isEqualTo(level);
            commits.add(commit);
        }
        long expected = 1;
        for (Commit commit : commits) {
            commit.await();
            assertThat(commit.sequence()).isEqualTo(expected++);
            assertThat(commit.isDone()).isTrue();
            assertThat(commit.failure()).isNull();
        }
    }

    @Test
    default void watermarksAreZeroBeforeTheFirstCommit() {
        for (Durability level : Durability.values()) {
            assertThat(subject().store().watermark(level)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    default void aLevelReachedCoversEarlierCommitsAndLowerLevels(Durability level) {
        StreamStore store = subject().store();
        List<Commit> earlier = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            earlier.add(store.append(batchWith(i), StoreUnderTest.level(i)));
        }
        Commit last = store.append(batchWith(20), level);
        last.await();
        for (Durability covered : Durability.values()) {
            if (covered.compareTo(level) <= 0) {
                assertThat(store.watermark(covered)).isGreaterThanOrEqualTo(last.sequence());
            }
        }
        for (Commit commit : earlier) {
            assertThat(commit.isDone()).isTrue();
            assertThat(commit.failure()).isNull();
        }
        assertThat(subject().positions(1)).hasSize(21);
    }

    @Test
    default void awaitWithATimeSaysWhetherItIsDone() {
        Commit commit = subject().store().append(batchWith(1), Durability.DURABLE);
        assertThat(commit.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(commit.await(0, TimeUnit.SECONDS)).isTrue();
        commit.await();
    }

    @Test
    default void anyNumberOfThreadsAndListenersWaitForOneCommit() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            Commit commit = subject().store().append(batchWith(round), Durability.DURABLE);
            CountDownLatch told = new CountDownLatch(8);
            try (Threads threads = new Threads()) {
                for (int i = 0; i < 4; i++) {
                    threads.start(() -> {
                        commit.await();
                        told.countDown();
                    });
                    threads.start(() -> assertThat(commit.await(2, TimeUnit.MINUTES)).isTrue());
                    commit.whenDone(_ -> told.countDown());
                }
            }
            assertThat(told.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    default void anInterruptDoesNotEndTheWaitAndIsKept() {
        Commit commit = subject().store().append(batchWith(1), Durability.DURABLE);
        Thread.currentThread().interrupt();
        try {
            commit.await();
            assertThat(commit.isDone()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(subject().positions(1)).containsExactly(1L);
    }

    @Test
    default void aListenerOfADoneCommitIsCalledAtOnce() {
        Commit commit = subject().write(batch -> batch.put(SPACE, 1, 1, Bytes.of("x")));
        AtomicReference<Thread> thread = new AtomicReference<>();
        commit.whenDone(done -> thread.set(Thread.currentThread()));
        assertThat(thread).hasValue(Thread.currentThread());
    }

    @Test
    default void aListenerIsCalledOnceWhenTheCommitIsDone() throws InterruptedException {
        int count = 200;
        CountDownLatch calls = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            subject()
                    .store()
                    .append(batchWith(i), Durability.WRITTEN)
                    .whenDone(commit -> {
                        if (commit.isDone() && commit.failure() == null) {
                            calls.countDown();
                        }
                    });
        }
        assertThat(calls.await(2, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    default void aListenerThatBlocksDoesNotHoldCommitsBack() {
        Thread me = Thread.currentThread();
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i < 50; i++) {
                subject()
                        .store()
                        .append(batchWith(i), Durability.WRITTEN)
                        .whenDone(_ -> {
                            if (!Thread.currentThread().equals(me)) {
                                awaitQuietly(release);
                            }
                        });
                Commit next = subject().store().append(batchWith(1_000 + i), Durability.WRITTEN);
                Poll.until("the next commit is done", next::isDone);
            }
        } finally {
            release.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    default void aFailingListenerDoesNotSilenceLaterOnes() {
        Thread me = Thread.currentThread();
        AtomicInteger thrown = new AtomicInteger();
        for (int i = 0; i < 50 && thrown.get() == 0; i++) {
            subject()
                    .store()
                    .append(batchWith(i), Durability.WRITTEN)
                    .whenDone(_ -> {
                        if (!Thread.currentThread().equals(me)) {
                            thrown.incrementAndGet();
                            throw new IllegalStateException("thrown by a test's listener");
                        }
                    });
            Commit next = subject().store().append(batchWith(100 + i), Durability.WRITTEN);
            assertThat(next.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** Lets the store's notifying thread run something, as a listener of some commit. */
    private void inListener(Runnable body) {
        Thread me = Thread.currentThread();
        AtomicBoolean begun = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        while (!begun.get()) {
            Commit commit = subject().store().append(batchWith(1), Durability.DURABLE);
            commit.whenDone(_ -> {
                if (!Thread.currentThread().equals(me) && begun.compareAndSet(false, true)) {
                    try {
                        body.run();
                    } finally {
                        ended.countDown();
                    }
                }
            });
            commit.await();
        }
        Poll.until("the listener has ended", () -> ended.getCount() == 0);
    }

    @Test
    default void aListenerThatThrowsWhatItMayNotDeclareAndWhoHandlesThatThrowTooHarmNobody() {
        inListener(() -> {
            Thread.currentThread()
                    .setUncaughtExceptionHandler((_, e) -> {
                        throw new IllegalStateException("a handler of a test", e);
                    });
            CommitChapter.<RuntimeException>throwAs(new IOException("a listener of a test"));
        });
        AtomicBoolean told = new AtomicBoolean();
        inListener(() -> told.set(true));
        assertThat(told).isTrue();
        subject().close();
        assertThat(subject().positions(1)).containsExactly(1L);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    default void aListenerIsRefusedToWaitForWhatNobodyElseWouldTell() {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        inListener(() -> {
            while (refusal.get() == null) {
                Commit next = subject().store().append(batchWith(2), Durability.DURABLE);
                try {
                    next.await();
                } catch (StoreException.Invalid e) {
                    refusal.set(e);
                }
            }
        });
        subject().put(1, 3, "goes on");
        assertThat(refusal.get()).hasMessageContaining("listener");
    }

    @Test
    default void metricsCountWhatWasCommitted() {
        for (int i = 0; i < 10; i++) {
            long round = i;
            subject()
                    .write(batch -> {
                        batch.put(SPACE, 1, 2 * round, Bytes.of("12345"));
                        batch.put(SPACE, 1, 2 * round + 1, Bytes.of("678"));
                    });
        }
        StoreMetrics metrics = subject().store().metrics();
        assertThat(metrics.value(Metric.COMMIT_BATCHES)).isEqualTo(10);
        assertThat(metrics.value(Metric.COMMIT_RECORDS)).isEqualTo(20);
        assertThat(metrics.value(Metric.COMMIT_VALUE_BYTES)).isEqualTo(80);
        assertThat(metrics.value(Metric.COMMIT_GROUPS)).isBetween(1L, 10L);
        assertThat(metrics.reports(Metric.ADMISSION_WAIT_NANOS)).isTrue();
        assertThat(metrics.value(Metric.ADMISSION_REFUSALS)).isZero();
        assertThatThrownBy(() -> metrics.values().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
