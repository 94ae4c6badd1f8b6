package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One waiter, told once. */
@Timeout(30)
final class CommitTest {

    private final Commit commit = new Commit(null, Durability.WRITTEN, 1, 1);

    private void complete() {
        if (commit.complete(null)) {
            commit.tellWaiter();
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
    void aSecondWaiterIsRefusedAndTheFirstIsTold() {
        List<Commit> told = new ArrayList<>();
        commit.whenDone(told::add);
        assertThatThrownBy(() -> commit.whenDone(told::add))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(commit::await).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> commit.await(1, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class);
        complete();
        assertThat(told).containsExactly(commit);
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
