package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who wait for a commit are told once. */
@Timeout(30)
final class CommitTest {

    private static final int RACE_ROUNDS = Boolean.getBoolean("cordwood.long") ? 50_000 : 1_000;

    private final Commit commit = new Commit(null, null, Durability.WRITTEN, 1, 1);

    private void complete() {
        if (commit.complete(null)) {
            commit.tellWaiters();
        }
    }

    @Test
    void awaitWithATimeGivesUpAndLeavesRoomForAnotherWaiter() {
        assertThat(commit.await(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(commit.await(-1, TimeUnit.DAYS)).isFalse();
        assertThat(commit.isDone()).isFalse();
        List<Commit> told = new ArrayList<>();
        commit.whenDone(told::add);
        complete();
        assertThat(told).containsExactly(commit);
        assertThat(commit.await(0, TimeUnit.NANOSECONDS)).isTrue();
    }

    @Test
    void awaitForTheLongestTimeWaits() throws InterruptedException {
        Thread waiter =
                Thread.ofPlatform()
                        .start(() ->
                                assertThat(commit.await(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue());
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(100_000);
        }
        complete();
        waiter.join();
        assertThat(commit.isDone()).isTrue();
    }

    @Test
    void whatAListenerThrowsWhoIsToldAtOnceGoesToTheThreadsHandler() throws InterruptedException {
        complete();
        List<Throwable> uncaught = new ArrayList<>();
        AtomicInteger told = new AtomicInteger();
        Thread asking =
                Thread.ofPlatform()
                        .uncaughtExceptionHandler((_, e) -> {
                            uncaught.add(e);
                            throw new IllegalStateException("a handler of a test");
                        })
                        .start(() -> {
                            commit.whenDone(_ -> {
                                throw new IllegalStateException("a listener of a test");
                            });
                            commit.whenDone(_ -> told.incrementAndGet());
                        });
        asking.join();
        assertThat(uncaught)
                .singleElement()
                .isInstanceOf(IllegalStateException.class)
                .asString()
                .contains("a listener of a test");
        assertThat(told).hasValue(1);
    }

    @Test
    void listenersAndThreadsAreAllToldOnce() throws InterruptedException {
        List<Commit> told = new ArrayList<>();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            commit.whenDone(told::add);
            waiters.add(startWaiting(commit::await, Thread.State.WAITING));
            waiters.add(
                    startWaiting(() -> commit.await(1, TimeUnit.DAYS), Thread.State.TIMED_WAITING));
        }
        complete();
        for (Thread waiter : waiters) {
            waiter.join();
        }
        assertThat(told).containsExactly(commit, commit, commit);
    }

    private static Thread startWaiting(Runnable wait, Thread.State state) {
        Thread waiter = Thread.ofPlatform().start(wait);
        while (waiter.getState() != state) {
            LockSupport.parkNanos(100_000);
        }
        return waiter;
    }

    @Test
    void aListenerThatThrowsIsToldOnceAndTheOthersAllTheSame() {
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            commit.whenDone(_ -> {
                told.add(number);
                throw new IllegalStateException("a listener of a test");
            });
        }
        assertThat(commit.complete(null)).isTrue();
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(commit::tellWaiters).hasMessage("a listener of a test");
        }
        commit.tellWaiters();
        assertThat(told).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void whoeverRacesTheCompletionIsToldOnce() throws InterruptedException {
        for (int round = 0; round < RACE_ROUNDS; round++) {
            Commit raced = new Commit(null, null, Durability.WRITTEN, 1, 1);
            AtomicInteger told = new AtomicInteger();
            List<Thread> waiters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean listens = i % 2 == 0;
                waiters.add(
                        Thread.startVirtualThread(() -> {
                            if (listens) {
                                raced.whenDone(_ -> told.incrementAndGet());
                            } else {
                                raced.await();
                            }
                        }));
            }
            LockSupport.parkNanos(round % 64 * 100L);
            if (raced.complete(null)) {
                raced.tellWaiters();
            }
            for (Thread waiter : waiters) {
                waiter.join();
            }
            assertThat(told).hasValue(2);
        }
    }

    @Test
    void aTimeThatIsOverHoweverLongIsNotWaitedFor() {
        assertThat(commit.await(Long.MIN_VALUE, TimeUnit.NANOSECONDS)).isFalse();
        assertThat(commit.await(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
    }

    @Test
    void manyMayAskOnceItIsDone() {
        complete();
        List<Commit> told = new ArrayList<>();
        commit.whenDone(told::add);
        commit.whenDone(told::add);
        commit.await();
        commit.await();
        assertThat(told).containsExactly(commit, commit);
    }

    @Test
    void failureIsThrownToEachCallerAnewWithItsCause() {
        StoreException.Failed failure =
                new StoreException.Failed("torn", StoreException.Outcome.UNKNOWN, null);
        assertThat(commit.failure()).isNull();
        assertThat(commit.complete(failure)).as("nobody waits").isFalse();
        assertThat(commit.failure()).isSameAs(failure);
        assertThatThrownBy(commit::await)
                .isInstanceOf(StoreException.Failed.class)
                .isNotSameAs(failure)
                .hasCause(failure);
        assertThat(commit.await(1, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theSameThreadMayWaitAgainAfterATimeout() throws InterruptedException {
        List<Boolean> results = new ArrayList<>();
        Thread waiter =
                Thread.ofPlatform()
                        .start(() -> {
                            results.add(commit.await(1, TimeUnit.MILLISECONDS));
                            commit.await();
                            results.add(commit.isDone());
                        });
        while (waiter.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(100_000);
        }
        complete();
        waiter.join();
        assertThat(results).containsExactly(false, true);
    }
}
