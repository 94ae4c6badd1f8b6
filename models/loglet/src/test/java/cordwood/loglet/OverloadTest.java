package cordwood.loglet;

import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        return new Request.Store(
                header(),
                0,
                0,
                first,
                LogletFixture.SEQUENCER,
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
