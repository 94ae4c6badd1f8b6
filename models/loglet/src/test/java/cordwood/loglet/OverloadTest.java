package cordwood.loglet;

import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.testkit.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests in flight are bounded in bytes, over all loglets together. */
class OverloadTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    private static Request.Store ofBytes(long first, int bytes) {
        return LogletFixture.store(
                LogletFixture.LOGLET,
                first,
                List.of(new LogRecord(0, Keys.NONE, LogletFixture.bodyOf(bytes))));
    }

    @Test
    void whatDoesNotFitIsDroppedAndCanBeRepeated() {
        loglet.reopen(loglet.options().withInFlightBytesMax(100_000));
        loglet.store().hold();
        Asked first = loglet.ask(ofBytes(1, 40_000));
        Asked second = loglet.ask(ofBytes(2, 40_000));
        Asked third = loglet.ask(ofBytes(3, 40_000));
        assertThat(third.isAnswered()).as("before submit returned").isTrue();
        assertThat(third.status()).isEqualTo(Status.DROPPED);
        assertThat(first.isAnswered() || second.isAnswered()).isFalse();

        loglet.store().release();
        assertThat(first.status()).isEqualTo(Status.OK);
        assertThat(second.status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(ofBytes(3, 40_000)).status()).isEqualTo(Status.OK);
        assertThat(loglet.info().header().localTail()).isEqualTo(4);
        LogletMetrics.Count dropped =
                loglet.server()
                        .metrics()
                        .stores()
                        .getOrDefault(StoreLabel.DROPPED, new LogletMetrics.Count(0, 0, 0));
        assertThat(dropped).isEqualTo(new LogletMetrics.Count(1, 1, 40_000));
    }

    @Test
    void requestLargerThanTheBudgetPassesAlone() {
        loglet.reopen(loglet.options().withInFlightBytesMax(1_000));
        assertThat(loglet.ask(ofBytes(1, 40_000)).status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(ofBytes(2, 40_000)).status()).isEqualTo(Status.OK);
    }

    @Test
    void waitersAreBoundedToo() {
        loglet.reopen(loglet.options().withTailWaiters(40, Duration.ofMinutes(1)));
        List<Asked> waiters = new ArrayList<>();
        Asked last;
        do {
            last = loglet.ask(LogletFixture.waitFor(new TailQuery.GlobalTail(9)));
            waiters.add(last);
        } while (!last.isAnswered() && waiters.size() < 1_000);
        assertThat(waiters).hasSize(41);
        assertThat(last.status()).isEqualTo(Status.DROPPED);

        waiters.removeLast();
        loglet.server().close();
        assertThat(waiters).allMatch(waiter -> waiter.status() == Status.DISABLED);
    }

    @Test
    void waitersKeepNothingOutThatTheyWaitFor() {
        loglet.reopen(
                loglet.options()
                        .withInFlightBytesMax(1_000)
                        .withTailWaiters(40, Duration.ofMinutes(1)));
        List<Asked> waiters = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            waiters.add(loglet.ask(LogletFixture.waitFor(new TailQuery.LocalTail(2))));
        }
        assertThat(loglet.ask(ofBytes(1, 40_000)).status())
                .as("larger than all, and alone among stores")
                .isEqualTo(Status.OK);
        assertThat(waiters).allMatch(waiter -> waiter.status() == Status.OK);
    }

    @Test
    void storesKeepNoSealOut() {
        loglet.reopen(loglet.options().withInFlightBytesMax(1_000));
        loglet.store().hold();
        Asked store = loglet.ask(ofBytes(1, 40_000));
        Asked seal = loglet.ask(LogletFixture.seal());
        assertThat(loglet.ask(ofBytes(2, 1)).status()).isEqualTo(Status.DROPPED);
        loglet.store().release();
        assertThat(store.status()).isEqualTo(Status.OK);
        assertThat(seal.status()).isEqualTo(Status.OK);
    }

    @Test
    void refusedRequestNeverHoldsBudget() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.tryAcquire(1)).isTrue();
        AtomicBoolean over = new AtomicBoolean();
        Thread large =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                assertThat(budget.tryAcquire(1_000)).isFalse();
                            }
                        });
        boolean always = true;
        for (int i = 0; i < 200_000; i++) {
            always &= budget.tryAcquire(1);
            budget.release(1);
        }
        over.set(true);
        Poll.until("the other is over", () -> !large.isAlive());
        assertThat(always).isTrue();
        assertThat(budget.usedBytes()).isEqualTo(1);
    }

    @Test
    void batchesThatRestAreBoundedOverAllLoglets() {
        for (long id = 1; id <= 200; id++) {
            for (long offset = 1; offset <= 40; offset++) {
                LogRecord record = new LogRecord(0, Keys.NONE, LogletFixture.bodyOf(100));
                loglet.server()
                        .worker(id)
                        .submit(
                                LogletFixture.SEQUENCER,
                                LogletFixture.store(id, offset, List.of(record)),
                                ReplyTo.NOBODY);
            }
        }
        loglet.ask(ofBytes(1, 400_000)).response();
        assertThat(loglet.server().idleBatchBytes()).isLessThanOrEqualTo(BatchPool.IDLE_BYTES_MAX);
        loglet.server().close();
        assertThat(loglet.server().idleBatchBytes()).isZero();
    }

    @Test
    void everythingAnsweredIsGivenBack() {
        loglet.stored(1, 9);
        loglet.ask(store(1, 9)).response();
        loglet.ask(store(50, 1)).response();
        loglet.ask(release(5));
        loglet.everything();
        loglet.ask(LogletFixture.digest(1, 5)).response();
        loglet.ask(LogletFixture.trim(3)).response();
        loglet.ask(LogletFixture.waitFor(new TailQuery.LocalTail(1))).response();
        Asked waiter = loglet.ask(LogletFixture.waitFor(new TailQuery.LocalTail(99)));
        loglet.ask(LogletFixture.seal()).response();
        waiter.response();
        loglet.settle();
        assertThat(loglet.server().inFlightBytes()).isZero();
    }
}
