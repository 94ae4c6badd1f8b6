package cordwood.loglet;

import static cordwood.loglet.LogletFixture.LOGLET;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.read;
import static cordwood.loglet.LogletFixture.record;
import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.trim;
import static cordwood.loglet.LogletFixture.words;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GetRecordsTest {

    /** What a record of the fixture takes without keys, up to offset 9: header and body. */
    private static final long RECORD_BYTES =
            (long) RecordDescriptor.HEADER_BYTES_MIN + "record 1".length();

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    private String found(Request.GetRecords request) {
        return words(loglet.records(request));
    }

    private static Request.GetRecords limited(long byteLimit, long from, long to) {
        return new Request.GetRecords(header(), byteLimit, new KeyFilter.Any(), from, to);
    }

    private static Request.GetRecords about(KeyFilter filter, long byteLimit) {
        return new Request.GetRecords(header(), byteLimit, filter, 1, LogletOffset.MAX);
    }

    @Test
    void bothEndsAreInclusiveAndClippedToTheTail() {
        loglet.stored(1, 5);
        assertThat(found(read(2, 4))).isEqualTo("2 3 4 next 5");
        assertThat(found(read(3, 3))).isEqualTo("3 next 4");
        assertThat(found(read(4, LogletOffset.MAX))).isEqualTo("4 5 next 6");
        assertThat(found(read(6, 9))).isEqualTo("next 6");
        assertThat(found(read(8, 9))).as("never below what was asked for").isEqualTo("next 8");
    }

    @Test
    void recordsUnderWayAreNotRead() {
        loglet.stored(1, 2);
        loglet.store().hold();
        loglet.ask(LogletFixture.store(3, 2));
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
    }

    @Test
    void emptyRangeIsMalformed() {
        loglet.stored(1, 5);
        assertThat(loglet.records(read(4, 3)).header().status()).isEqualTo(Status.MALFORMED);
        assertThat(loglet.records(read(LogletOffset.INVALID, 3)).header().status())
                .isEqualTo(Status.MALFORMED);
    }

    @Test
    void holesAreNotMentioned() {
        loglet.ask(release(3));
        loglet.stored(3, 2);
        loglet.ask(release(8));
        loglet.stored(8, 1);
        assertThat(loglet.everything()).isEqualTo("3 4 8 next 9");
        assertThat(found(read(5, 7))).isEqualTo("next 8");
    }

    @Test
    void neighbouringFilteredOffsetsAreOneGap() {
        storeWithKeys(7, 7, 1, 2, 3, 7, 1, 7, 2, 2);
        assertThat(found(about(new KeyFilter.Include(7), 0)))
                .isEqualTo("1 2 F3-5 6 F7-7 8 F9-10 next 11");
        assertThat(found(about(new KeyFilter.Within(2, 3), 0)))
                .isEqualTo("F1-3 4 5 F6-8 9 10 next 11");
        assertThat(found(about(new KeyFilter.Include(99), 0))).isEqualTo("F1-10 next 11");
    }

    @Test
    void filteredGapDoesNotSpanAHole() {
        storeWithKeys(1, 1);
        loglet.ask(release(5));
        loglet.ask(
                        new Request.Store(
                                header(),
                                0,
                                0,
                                5,
                                SEQUENCER,
                                List.of(record(5, new Keys.Single(1)))))
                .response();
        assertThat(found(about(new KeyFilter.Include(7), 0))).isEqualTo("F1-2 F5-5 next 6");
    }

    private void storeWithKeys(long... keys) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            records.add(record(i + 1, new Keys.Single(keys[i])));
        }
        assertThat(loglet.ask(new Request.Store(header(), 0, 0, 1, SEQUENCER, records)).status())
                .isEqualTo(Status.OK);
    }

    @Test
    void byteLimitEndsTheAnswer() {
        loglet.stored(1, 9);
        assertThat(found(limited(3 * RECORD_BYTES, 1, 9))).isEqualTo("1 2 3 next 4");
        assertThat(found(limited(3 * RECORD_BYTES + RECORD_BYTES - 1, 1, 9)))
                .isEqualTo("1 2 3 next 4");
        assertThat(found(limited(4 * RECORD_BYTES, 1, 9))).isEqualTo("1 2 3 4 next 5");
        assertThat(found(limited(100 * RECORD_BYTES, 1, 9))).endsWith(" 9 next 10");
    }

    @Test
    void firstRecordIsReturnedHoweverLarge() {
        loglet.stored(1, 3);
        assertThat(found(limited(1, 1, 9))).isEqualTo("1 next 2");
        assertThat(found(limited(1, 3, 9))).isEqualTo("3 next 4");
        loglet.ask(trim(1)).response();
        assertThat(found(limited(1, 1, 9))).as("after a gap too").isEqualTo("T1-1 2 next 3");
    }

    @Test
    void noReadIsLargerThanTheServersLimit() {
        loglet.reopen(withReadBytesMax(2 * RECORD_BYTES, 1 << 20));
        loglet.stored(1, 9);
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
        assertThat(found(limited(1 << 20, 4, 9))).isEqualTo("4 5 next 6");
        assertThat(found(limited(RECORD_BYTES, 4, 9))).isEqualTo("4 next 5");
    }

    private LogletOptions withReadBytesMax(long one, long all) {
        return loglet.options().withReadBytesMax(one, all);
    }

    /** A read has its room until it has handed its answer over, so the next may come too early. */
    private Response.Records recordsOnceThereIsRoom(Request.GetRecords request) {
        Response.Records answer = loglet.records(request);
        while (answer.header().status() == Status.DROPPED) {
            answer = loglet.records(request);
        }
        return answer;
    }

    @Test
    void answerEndsWhereReadsMayHoldNoMore() {
        loglet.reopen(withReadBytesMax(1_000, 1_000));
        loglet.stored(1, 9);
        long next = 1;
        int answers = 0;
        while (next < 10) {
            Response.Records answer = recordsOnceThereIsRoom(read(next, 9));
            assertThat(answer.header().status()).isEqualTo(Status.OK);
            assertThat(answer.entries().size() * RecordsRead.ENTRY_HEAP_BYTES)
                    .isLessThanOrEqualTo(1_000);
            assertThat(answer.nextOffset()).isGreaterThan(next);
            next = answer.nextOffset();
            answers++;
        }
        assertThat(answers).isGreaterThan(1);
    }

    @Test
    void gapsAreChargedSoThatTheyCannotGrowWithoutBound() {
        for (long first = 1; first < 400; first += 2) {
            loglet.ask(release(first));
            loglet.ask(
                    new Request.Store(
                            header(),
                            0,
                            0,
                            first,
                            SEQUENCER,
                            List.of(record(first, new Keys.Single(1)))));
        }
        loglet.ask(LogletFixture.waitFor(new TailQuery.LocalTail(400))).response();
        Response.Records answer = loglet.records(about(new KeyFilter.Include(7), 160));
        assertThat(answer.entries()).hasSize(10);
        assertThat(answer.nextOffset()).isEqualTo(21);

        int entries = 0;
        long next = 1;
        while (next < 400) {
            answer =
                    loglet.records(
                            new Request.GetRecords(
                                    header(), 160, new KeyFilter.Include(7), next, 400));
            assertThat(answer.nextOffset()).isGreaterThan(next);
            entries += answer.entries().size();
            next = answer.nextOffset();
        }
        assertThat(entries).isEqualTo(200);
    }

    @Test
    void trimmedPartIsOneGap() {
        loglet.stored(1, 9);
        loglet.ask(trim(5)).response();
        assertThat(found(read(1, 9))).isEqualTo("T1-5 6 7 8 9 next 10");
        assertThat(found(read(3, 7))).isEqualTo("T3-5 6 7 next 8");
        assertThat(found(read(6, 7))).isEqualTo("6 7 next 8");
        assertThat(found(read(2, 4))).as("past what was asked for").isEqualTo("T2-5 next 6");
    }

    @Test
    void trimDuringAReadIsAGapNotAHole() {
        loglet.stored(1, 9);
        trimBeforeStep(3, 5);
        assertThat(loglet.everything()).isEqualTo("T1-5 6 7 8 9 next 10");
    }

    @Test
    void trimOfAllThatIsLeftDuringAReadIsAGap() {
        loglet.stored(1, 9);
        trimBeforeStep(3, 9);
        assertThat(loglet.everything()).isEqualTo("T1-9 next 10");
    }

    @Test
    void trimOfWhatWasReadAlreadyChangesNothing() {
        loglet.stored(1, 9);
        trimBeforeStep(6, 3);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 6 7 8 9 next 10");
    }

    @Test
    void trimPastTheEndOfTheRangeDuringAReadMovesOnBehindIt() {
        loglet.stored(1, 9);
        trimBeforeStep(2, 8);
        assertThat(found(read(1, 4))).isEqualTo("T1-8 next 9");
    }

    @Test
    void trimAfterTrimDuringAReadEnds() {
        loglet.stored(1, 9);
        AtomicInteger steps = new AtomicInteger();
        loglet.store()
                .beforeNext(_ -> {
                    int step = steps.incrementAndGet();
                    if (step % 2 == 0 && step < 8) {
                        loglet.ask(trim(step)).response();
                    }
                });
        assertThat(loglet.everything()).isEqualTo("T1-6 7 8 9 next 10");
    }

    /** Trims up to {@code to} before a read takes its {@code step}-th step. */
    private void trimBeforeStep(int step, long to) {
        AtomicInteger steps = new AtomicInteger();
        loglet.store()
                .beforeNext(_ -> {
                    if (steps.incrementAndGet() == step) {
                        assertThat(loglet.ask(trim(to)).status()).isEqualTo(Status.OK);
                    }
                });
    }

    @Test
    void storeClosedDuringAReadIsAnsweredDisabled() {
        loglet.stored(1, 9);
        AtomicInteger steps = new AtomicInteger();
        loglet.store()
                .beforeNext(_ -> {
                    if (steps.incrementAndGet() == 4) {
                        loglet.store().close();
                    }
                });
        Response.Records answer = loglet.records(read(2, 9));
        assertThat(answer.header().status()).isEqualTo(Status.DISABLED);
        assertThat(answer.nextOffset()).isEqualTo(2);
        assertThat(answer.entries()).isEmpty();
    }

    @Test
    void corruptRecordIsAnsweredDisabled() {
        loglet.stored(1, 3);
        try (WriteBatch batch = loglet.store().newBatch()) {
            batch.put(AttributeDescriptor.SPACE, LOGLET, 2, Bytes.of("\u0001 not a record"));
            loglet.store().tryAppend(batch, Durability.WRITTEN).await();
        }
        Response.Records answer = loglet.records(read(1, 9));
        assertThat(answer.header().status()).isEqualTo(Status.DISABLED);
        assertThat(answer.nextOffset()).isEqualTo(1);
        assertThat(found(read(3, 3))).isEqualTo("3 next 4");
    }

    @Test
    void bugInAReadIsAnsweredDisabled() {
        loglet.stored(1, 3);
        loglet.store()
                .beforeNext(_ -> {
                    throw new IndexOutOfBoundsException("a bug");
                });
        assertThat(loglet.records(read(1, 9)).header().status()).isEqualTo(Status.DISABLED);
        loglet.store().beforeNext(_ -> {});
        assertThat(loglet.everything()).isEqualTo("1 2 3 next 4");
    }

    @Test
    void readsBeyondTheirBudgetAreDropped() {
        loglet.reopen(withReadBytesMax(1_000, 2_500));
        loglet.stored(1, 3);
        CountDownLatch gate = new CountDownLatch(1);
        loglet.store()
                .beforeNext(_ -> {
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new StoreException.Closed("interrupted");
                    }
                });
        LogletFixture.Asked first = loglet.ask(read(1, 3));
        LogletFixture.Asked second = loglet.ask(LogletFixture.digest(1, 3));
        LogletFixture.Asked third = loglet.ask(read(2, 3));
        LogletFixture.Asked small = loglet.ask(limited(400, 1, 1));
        Response.Records dropped = (Response.Records) third.response();
        assertThat(dropped.header().status()).isEqualTo(Status.DROPPED);
        assertThat(dropped.nextOffset()).isEqualTo(2);

        gate.countDown();
        assertThat(first.status()).isEqualTo(Status.OK);
        assertThat(second.status()).isEqualTo(Status.OK);
        assertThat(small.status()).isEqualTo(Status.OK);
        assertThat(words(recordsOnceThereIsRoom(read(2, 3)))).isEqualTo("2 3 next 4");
    }

    @Test
    void readsGoOnWhenWritesAreDisabled() {
        loglet.stored(1, 3);
        loglet.store()
                .refuseNext(
                        1,
                        new StoreException.Failed(
                                "on demand", StoreException.Outcome.UNKNOWN, null));
        assertThat(loglet.ask(LogletFixture.store(4, 1)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.everything()).isEqualTo("1 2 3 next 4");
    }
}
