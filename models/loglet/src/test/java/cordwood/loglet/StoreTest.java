package cordwood.loglet;

import static cordwood.loglet.LogletFixture.LOGLET;
import static cordwood.loglet.LogletFixture.OTHER;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.records;
import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.repair;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.Durability;
import cordwood.store.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a store request leads to, beyond the decision itself. */
class StoreTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void pipelinedStoresAreAllThereInOrder() {
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(loglet.ask(store(1 + i * 3L, 3)));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(asked.get(i).status()).isEqualTo(Status.OK);
            assertThat(asked.get(i).header().localTail()).isGreaterThanOrEqualTo(4 + i * 3L);
        }
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(301, 1, false, Status.OK));
        assertThat(loglet.everything()).startsWith("1 2 3 4 ").endsWith(" 299 300 next 301");
    }

    @Test
    void repliesComeInOrder() {
        List<Long> order = new ArrayList<>();
        for (long first = 1; first <= 50; first++) {
            loglet.worker()
                    .submit(
                            SEQUENCER,
                            store(first, 1),
                            response -> order.add(response.header().localTail()));
        }
        loglet.stored(51, 1);
        assertThat(order).hasSize(50).isSorted();
    }

    @Test
    void step1EveryRequestRaisesTheGlobalTail() {
        loglet.ask(
                new Request.Store(header(5), 0, 0, LogletOffset.INVALID, SEQUENCER, records(1, 1)));
        assertThat(loglet.info().header().knownGlobalTail()).isEqualTo(5);
        loglet.ask(release(9));
        assertThat(loglet.info().header().knownGlobalTail()).isEqualTo(9);
        loglet.ask(release(7));
        loglet.ask(release(LogletOffset.INVALID));
        assertThat(loglet.info().header().knownGlobalTail()).isEqualTo(9);
    }

    @Test
    void step8OffsetsBelowTheGlobalTailMayBeSkipped() {
        loglet.ask(release(11));
        loglet.stored(11, 2);
        assertThat(loglet.info().header().localTail()).isEqualTo(13);
        assertThat(loglet.everything()).isEqualTo("11 12 next 13");
    }

    @Test
    void step9StoreIsDroppedFromItsTimeoutOn() {
        loglet.timeGoesTo(1_000);
        assertThat(loglet.ask(expiringAt(1_001, 1)).status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(expiringAt(1_000, 2)).status()).isEqualTo(Status.DROPPED);
        loglet.timeGoesTo(1_001);
        assertThat(loglet.ask(expiringAt(1_001, 2)).status()).isEqualTo(Status.DROPPED);
        assertThat(loglet.everything()).isEqualTo("1 next 2");
        assertThat(count(StoreLabel.EXPIRED).requests()).isEqualTo(2);
    }

    private static Request.Store expiringAt(long millis, long first) {
        return new Request.Store(header(), millis, 0, first, SEQUENCER, records(first, 1));
    }

    @Test
    void step10DuplicateIsAcknowledgedWithoutWriting() {
        loglet.stored(1, 10);
        long batches = loglet.store().metrics().value(Metric.COMMIT_BATCHES);

        assertThat(loglet.ask(store(1, 10)).status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(store(4, 2)).status()).isEqualTo(Status.OK);

        assertThat(loglet.store().metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(batches);
        assertThat(count(StoreLabel.DUPLICATE).requests()).isEqualTo(2);
        assertThat(count(StoreLabel.DUPLICATE).records()).isEqualTo(12);
        assertThat(count(StoreLabel.OK).requests()).isEqualTo(1);
    }

    @Test
    void step11DuplicateUnderWayIsWrittenOnceAndAnsweredWithTheFirst() {
        loglet.store().hold();
        Asked first = loglet.ask(store(1, 10));
        Asked again = loglet.ask(store(1, 10));
        Asked part = loglet.ask(store(3, 2));
        loglet.settle();
        assertThat(again.isAnswered() || part.isAnswered() || first.isAnswered()).isFalse();

        loglet.store().release();

        assertThat(first.status()).isEqualTo(Status.OK);
        assertThat(again.status()).isEqualTo(Status.OK);
        assertThat(part.status()).isEqualTo(Status.OK);
        assertThat(again.header().localTail()).isEqualTo(11);
        assertThat(loglet.store().metrics().value(Metric.COMMIT_RECORDS)).isEqualTo(10);
        assertThat(count(StoreLabel.DUPLICATE).requests()).isEqualTo(2);
    }

    @Test
    void step11DuplicateUnderWayIsAnsweredByTheGlobalTailToo() {
        loglet.store().hold();
        Asked first = loglet.ask(store(1, 10));
        Asked again = loglet.ask(store(1, 10));
        loglet.ask(release(11));

        assertThat(again.status()).isEqualTo(Status.OK);
        assertThat(again.header().localTail()).isEqualTo(1);
        assertThat(first.isAnswered()).isFalse();
        loglet.store().release();
        assertThat(first.status()).isEqualTo(Status.OK);
    }

    @Test
    void step12StoreBehindASealIsAnsweredSealedAndRepairSealing() {
        loglet.store().hold();
        Asked before = loglet.ask(store(1, 2));
        Asked seal = loglet.ask(seal());
        Asked behind = loglet.ask(store(3, 2));
        Asked duplicate = loglet.ask(store(1, 2));
        Asked repair = loglet.ask(repair(3, 2));
        assertThat(repair.status()).isEqualTo(Status.SEALING);
        assertThat(behind.isAnswered()).isFalse();

        loglet.store().release();

        assertThat(before.status()).isEqualTo(Status.OK);
        assertThat(seal.status()).isEqualTo(Status.OK);
        assertThat(duplicate.status()).isEqualTo(Status.OK);
        assertThat(behind.status()).isEqualTo(Status.SEALED);
        assertThat(behind.header()).isEqualTo(new ResponseHeader(3, 1, true, Status.SEALED));
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
        assertThat(count(StoreLabel.SEALED).requests()).isEqualTo(1);
        assertThat(count(StoreLabel.SEALING).requests()).isEqualTo(1);
    }

    @Test
    void step13SequencerIsWrittenWithTheFirstStore() {
        loglet.stored(1, 1);
        assertThat(loglet.store().metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(1);
        assertThat(storedSequencer()).isEqualTo(SEQUENCER);

        assertThat(loglet.ask(OTHER, byOther(2)).status()).isEqualTo(Status.SEQUENCER_MISMATCH);
        loglet.reopen();
        assertThat(loglet.ask(OTHER, byOther(2)).status()).isEqualTo(Status.SEQUENCER_MISMATCH);
        loglet.stored(2, 1);
    }

    private NodeId storedSequencer() {
        return AttributeDescriptor.sequencer(
                Objects.requireNonNull(
                        loglet.store()
                                .attribute(
                                        AttributeDescriptor.SPACE,
                                        LOGLET,
                                        AttributeDescriptor.SEQUENCER_ID)));
    }

    private static Request.Store byOther(long first) {
        return new Request.Store(header(), 0, 0, first, OTHER, records(first, 1));
    }

    @Test
    void step14LocalTailMovesWithTheCommitOnly() {
        loglet.store().hold();
        Asked first = loglet.ask(store(1, 10));
        assertThat(loglet.info().header().localTail()).isEqualTo(1);
        Asked next = loglet.ask(store(11, 5));
        loglet.settle();
        assertThat(next.isAnswered()).isFalse();

        loglet.store().release();
        assertThat(first.status()).isEqualTo(Status.OK);
        assertThat(next.header()).isEqualTo(new ResponseHeader(16, 1, false, Status.OK));
    }

    @Test
    void step15ClosedStoreDisablesWrites() {
        loglet.stored(1, 3);
        loglet.store().close();

        assertThat(loglet.ask(store(4, 1)).header())
                .isEqualTo(new ResponseHeader(4, 1, false, Status.DISABLED));
        assertThat(loglet.ask(store(4, 1)).status()).isEqualTo(Status.DISABLED);
        assertThat(count(StoreLabel.DISABLED).requests()).isEqualTo(2);
    }

    @Test
    void partlyNewStoreIsWrittenWhole() {
        loglet.stored(1, 5);
        loglet.stored(4, 5);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 6 7 8 next 9");
        assertThat(loglet.store().metrics().value(Metric.COMMIT_RECORDS)).isEqualTo(10);
    }

    @Test
    void repairFillsAHole() {
        loglet.ask(release(6));
        loglet.stored(6, 2);
        assertThat(loglet.ask(OTHER, repair(2, 3)).status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("2 3 4 6 7 next 8");
        assertThat(count(StoreLabel.REPAIR).records()).isEqualTo(3);
    }

    @Test
    void storeUsesTheLevelOfTheOptions() {
        loglet.reopen(loglet.options().withDurability(Durability.BUFFERED));
        loglet.stored(1, 1);
        assertThat(loglet.store().lastLevel()).isEqualTo(Durability.BUFFERED);
        loglet.reopen(loglet.options().withDurability(Durability.DURABLE));
        loglet.stored(2, 1);
        assertThat(loglet.store().lastLevel()).isEqualTo(Durability.DURABLE);
    }

    @Test
    void requestForAnotherLogletIsMalformed() {
        Request.Store astray =
                new Request.Store(RequestHeader.of(8), 0, 0, 1, SEQUENCER, records(1, 1));
        assertThat(loglet.ask(astray).status()).isEqualTo(Status.MALFORMED);
        assertThat(loglet.ask(new Request.Seal(RequestHeader.of(8))).status())
                .isEqualTo(Status.MALFORMED);
        assertThat(loglet.info().header().sealed()).isFalse();
    }

    @Test
    void recordOverTheLimitIsMalformedAndLeavesNothing() {
        int tooLarge = loglet.store().limits().recordBytesMax();
        List<LogRecord> records =
                List.of(
                        LogletFixture.record(1, Keys.NONE),
                        new LogRecord(0, Keys.NONE, LogletFixture.bodyOf(tooLarge)));
        Request.Store store = new Request.Store(header(), 0, 0, 1, SEQUENCER, records);

        assertThat(loglet.ask(store).status()).isEqualTo(Status.MALFORMED);
        loglet.stored(1, 1);
        assertThat(loglet.everything()).isEqualTo("1 next 2");
        assertThat(count(StoreLabel.MALFORMED).records()).isEqualTo(2);
    }

    @Test
    void lastOffsetCanBeUsedAndNoneBehindIt() {
        long last = LogletOffset.LAST;
        loglet.ask(release(last));
        assertThat(loglet.ask(store(last, 2)).status()).isEqualTo(Status.MALFORMED);
        loglet.stored(last, 1);
        assertThat(loglet.info().header().localTail()).isEqualTo(LogletOffset.MAX);
        assertThat(loglet.ask(store(LogletOffset.MAX, 1)).status()).isEqualTo(Status.MALFORMED);
        assertThat(loglet.everything()).isEqualTo(last + " next " + LogletOffset.MAX);

        loglet.reopen();
        assertThat(loglet.info().header().localTail()).isEqualTo(LogletOffset.MAX);
        assertThat(loglet.ask(LogletFixture.trim(last)).status()).isEqualTo(Status.OK);
        loglet.reopen();
        assertThat(loglet.info().header())
                .isEqualTo(
                        new ResponseHeader(LogletOffset.MAX, LogletOffset.MAX, false, Status.OK));
        assertThat(loglet.info().trimPoint()).isEqualTo(last);
    }

    @Test
    void logletsDoNotMeet() {
        loglet.stored(1, 3);
        LogletFixture.Asked other = new Asked();
        loglet.server()
                .worker(LOGLET + 1)
                .submit(
                        SEQUENCER,
                        new Request.Store(
                                RequestHeader.of(LOGLET + 1), 0, 0, 1, OTHER, records(1, 1)),
                        other);
        assertThat(other.header().localTail()).isEqualTo(2);
        assertThat(loglet.info().header().localTail()).isEqualTo(4);
    }

    @Test
    void everyLabelIsCounted() {
        Map<StoreLabel, LogletMetrics.Count> counts = loglet.server().metrics().stores();
        assertThat(counts).containsOnlyKeys(StoreLabel.values());
        loglet.stored(1, 2);
        assertThat(count(StoreLabel.OK))
                .isEqualTo(new LogletMetrics.Count(1, 2, "record 1record 2".length()));
    }

    private LogletMetrics.Count count(StoreLabel label) {
        return loglet.server().metrics().stores().getOrDefault(label, none());
    }

    private static LogletMetrics.Count none() {
        return new LogletMetrics.Count(0, 0, 0);
    }
}
