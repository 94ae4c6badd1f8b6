package cordwood.loglet;

import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static cordwood.loglet.LogletFixture.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class WaitForTailTest {

    private static final long START_MILLIS = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    private Asked local(long target) {
        return loglet.ask(waitFor(new TailQuery.LocalTail(target)));
    }

    private Asked global(long target) {
        return loglet.ask(waitFor(new TailQuery.GlobalTail(target)));
    }

    private Asked either(long target) {
        return loglet.ask(waitFor(new TailQuery.LocalOrGlobal(target)));
    }

    private void expectWaiting(Asked... waiters) {
        loglet.settle();
        for (Asked waiter : waiters) {
            assertThat(waiter.isAnswered()).isFalse();
        }
    }

    @Test
    void tailThatIsReachedIsAnsweredAtOnce() {
        loglet.stored(1, 5);
        assertThat(local(6).status()).isEqualTo(Status.OK);
        assertThat(local(1).status()).isEqualTo(Status.OK);
        assertThat(either(6).status()).isEqualTo(Status.OK);
        loglet.ask(release(4));
        assertThat(global(4).status()).isEqualTo(Status.OK);
        expectWaiting(global(5), local(7), either(7));
    }

    @Test
    void localWaiterIsToldByTheCommit() {
        Asked waiter = local(6);
        Asked nextOne = local(7);
        loglet.ask(release(100));
        expectWaiting(waiter);
        loglet.stored(1, 5);
        assertThat(waiter.header()).isEqualTo(new ResponseHeader(6, 100, false, Status.OK));
        expectWaiting(nextOne);
    }

    @Test
    void globalWaiterIsToldByAnyRequest() {
        Asked waiter = global(50);
        loglet.stored(1, 60);
        expectWaiting(waiter);
        loglet.ask(release(50));
        assertThat(waiter.header()).isEqualTo(new ResponseHeader(61, 50, false, Status.OK));
    }

    @Test
    void waiterForEitherIsToldByWhicheverComesFirst() {
        Asked byLocal = either(6);
        Asked byGlobal = either(50);
        loglet.stored(1, 5);
        assertThat(byLocal.status()).isEqualTo(Status.OK);
        expectWaiting(byGlobal);
        loglet.ask(release(50));
        assertThat(byGlobal.status()).isEqualTo(Status.OK);
    }

    @Test
    void sealTellsEverybodyWhoseTailIsNotReached() {
        loglet.stored(1, 5);
        List<Asked> waiters = List.of(local(10), global(10), either(10));
        loglet.ask(seal()).response();
        for (Asked waiter : waiters) {
            assertThat(waiter.header()).isEqualTo(new ResponseHeader(6, 1, true, Status.SEALED));
        }
    }

    @Test
    void answerIsTheSameWhetherItWasWaitedForOrNot() {
        loglet.stored(1, 5);
        loglet.ask(release(3));
        List<Asked> before = new ArrayList<>();
        List<Asked> after = new ArrayList<>();
        long[] targets = {1, 3, 6, 7};
        for (long target : targets) {
            before.addAll(List.of(local(target), global(target), either(target)));
        }
        loglet.ask(seal()).response();
        for (long target : targets) {
            after.addAll(List.of(local(target), global(target), either(target)));
        }
        assertThat(after)
                .extracting(Asked::status)
                .containsExactly(
                        Status.OK,
                        Status.OK,
                        Status.OK,
                        Status.OK,
                        Status.OK,
                        Status.OK,
                        Status.OK,
                        Status.SEALED,
                        Status.OK,
                        Status.SEALED,
                        Status.SEALED,
                        Status.SEALED);
        assertThat(before)
                .extracting(Asked::status)
                .isEqualTo(after.stream().map(Asked::status).toList());
    }

    @Test
    void failedStorageTellsWhoWaitsForTheLocalTailOnly() {
        Asked localWaiter = local(10);
        Asked globalWaiter = global(10);
        Asked eitherWaiter = either(10);
        loglet.store()
                .refuseNext(
                        1,
                        new StoreException.Failed(
                                "on demand", StoreException.Outcome.UNKNOWN, null));
        assertThat(loglet.ask(store(1, 1)).status()).isEqualTo(Status.DISABLED);

        assertThat(localWaiter.status()).isEqualTo(Status.DISABLED);
        assertThat(local(10).status()).as("at once too").isEqualTo(Status.DISABLED);
        assertThat(local(1).status()).isEqualTo(Status.OK);
        expectWaiting(globalWaiter, eitherWaiter);
        loglet.ask(release(10));
        assertThat(globalWaiter.status()).isEqualTo(Status.OK);
        assertThat(eitherWaiter.status()).isEqualTo(Status.OK);
    }

    @Test
    void closeTellsEverybody() {
        List<Asked> waiters = List.of(local(10), global(10), either(10));
        loglet.settle();
        loglet.server().close();
        for (Asked waiter : waiters) {
            assertThat(waiter.status()).isEqualTo(Status.DISABLED);
        }
    }

    @Test
    void waiterIsDroppedWhenTheServersTimeIsOver() {
        Asked waiter = local(10);
        loglet.settle();
        loglet.timeGoesTo(START_MILLIS + loglet.options().tailWaitMax().toMillis());
        assertThat(waiter.status()).isEqualTo(Status.DROPPED);
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void waiterIsDroppedWhenItsOwnTimeIsOver() {
        TailQuery query = new TailQuery.GlobalTail(10);
        Asked waiter =
                loglet.ask(
                        new Request.WaitForTail(
                                LogletFixture.header(), query, START_MILLIS + 1_000));
        Asked other = global(10);
        expectWaiting(waiter, other);
        loglet.timeGoesTo(START_MILLIS + 1_000);
        assertThat(waiter.status()).isEqualTo(Status.DROPPED);
        Asked late =
                loglet.ask(
                        new Request.WaitForTail(
                                LogletFixture.header(), query, START_MILLIS + 1_000));
        assertThat(late.status()).isEqualTo(Status.DROPPED);
        expectWaiting(other);
        loglet.ask(release(10));
        assertThat(other.status()).isEqualTo(Status.OK);
    }

    @Test
    void waiterThatGivesUpIsDroppedAndOthersWaitOn() {
        Asked waiter = new Asked();
        Pending pending =
                loglet.worker()
                        .submit(
                                LogletFixture.SEQUENCER,
                                waitFor(new TailQuery.LocalTail(2)),
                                waiter);
        Asked other = local(2);
        pending.cancel();
        pending.cancel();
        assertThat(waiter.status()).isEqualTo(Status.DROPPED);
        expectWaiting(other);
        loglet.stored(1, 1);
        assertThat(other.status()).isEqualTo(Status.OK);
        pending.cancel();
        loglet.settle();
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void noTargetIsMalformed() {
        assertThat(local(LogletOffset.INVALID).status()).isEqualTo(Status.MALFORMED);
        assertThat(global(LogletOffset.INVALID).status()).isEqualTo(Status.MALFORMED);
        assertThat(either(LogletOffset.INVALID).status()).isEqualTo(Status.MALFORMED);
    }

    @Test
    void waitersAreServedByTargetAndThenInOrder(Seed seed) {
        SplittableRandom random = seed.random();
        SortedTasks waiters = new SortedTasks();
        record Waiting(long target, Task task) {}
        List<Waiting> expected = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(3) > 0) {
                long target = random.nextInt(4) == 0 ? random.nextInt(100) : 50 + i / 100;
                Task task = new Task(new NodeId(1, 1), release(i), ReplyTo.NOBODY);
                waiters.add(waiters.entry(target, task));
                expected.add(new Waiting(target, task));
                expected.sort((a, b) -> Long.compare(a.target(), b.target()));
            } else {
                long tail = random.nextInt(100);
                Waiting first = expected.isEmpty() ? null : expected.getFirst();
                Task polled = waiters.pollUpTo(tail);
                if (first == null || first.target() > tail) {
                    assertThat(polled).isNull();
                } else {
                    assertThat(polled).isSameAs(first.task());
                    expected.removeFirst();
                }
            }
            assertThat(waiters.count()).isEqualTo(expected.size());
        }
    }
}
