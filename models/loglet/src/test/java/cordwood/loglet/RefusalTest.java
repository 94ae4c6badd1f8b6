package cordwood.loglet;

import static cordwood.loglet.LogletFixture.OTHER;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.records;
import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.repair;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static cordwood.loglet.LogletFixture.trim;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What follows when the store refuses a write, or fails for good. */
class RefusalTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void refusedStoreIsDroppedAndCanBeRepeated() {
        loglet.stored(1, 2);
        loglet.store().refuseNext(1, full());
        assertThat(loglet.ask(store(3, 2)).header())
                .isEqualTo(new ResponseHeader(3, 1, false, Status.DROPPED));
        loglet.stored(3, 2);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 next 5");
    }

    @Test
    void storesBehindARefusedOneAreRefusedWithItAndLeaveNoHole() {
        loglet.stored(1, 2);
        loglet.store().hold();
        loglet.store().refuseNext(1, full());
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(loglet.ask(store(3 + i * 2L, 2)));
        }
        Asked duplicate = loglet.ask(store(5, 2));
        loglet.settle();
        loglet.store().release();

        assertThat(asked).allMatch(store -> store.status() == Status.DROPPED);
        assertThat(duplicate.status()).isEqualTo(Status.DROPPED);
        assertThat(loglet.info().header().localTail()).isEqualTo(3);
        assertThat(loglet.ask(store(5, 2)).status()).isEqualTo(Status.OUT_OF_BOUNDS);
        assertThat(loglet.ask(store(3, 2)).status()).as("not a duplicate").isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 next 5");
    }

    @Test
    void firstStoreThatWasRefusedClaimsNoSequencer() {
        loglet.store().refuseNext(1, full());
        assertThat(loglet.ask(store(1, 2)).status()).isEqualTo(Status.DROPPED);
        Request.Store byOther = new Request.Store(header(), 0, 0, 1, OTHER, records(1, 2));
        assertThat(loglet.ask(OTHER, byOther).status()).isEqualTo(Status.OK);
        loglet.crash();
        assertThat(loglet.ask(SEQUENCER, store(3, 1)).status())
                .isEqualTo(Status.SEQUENCER_MISMATCH);
        Request.Store next = new Request.Store(header(), 0, 0, 3, OTHER, records(3, 1));
        assertThat(loglet.ask(OTHER, next).status()).isEqualTo(Status.OK);
    }

    @Test
    void sequencerRefusedWithTheFirstStoreIsWrittenWithTheNext() {
        loglet.store().refuseNext(1, full());
        loglet.ask(store(1, 2)).response();
        loglet.stored(1, 2);
        loglet.crash();
        Request.Store byOther = new Request.Store(header(), 0, 0, 3, OTHER, records(3, 1));
        assertThat(loglet.ask(OTHER, byOther).status()).isEqualTo(Status.SEQUENCER_MISMATCH);
    }

    @Test
    void refusedSealAnswersAllItsWaitersAndCanBeRepeated() {
        loglet.stored(1, 2);
        loglet.store().hold();
        loglet.store().refuseNext(1, full());
        Asked first = loglet.ask(seal());
        Asked second = loglet.ask(seal());
        Asked parked = loglet.ask(store(3, 1));
        loglet.settle();
        loglet.store().release();

        assertThat(first.status()).isEqualTo(Status.DROPPED);
        assertThat(second.status()).isEqualTo(Status.DROPPED);
        assertThat(parked.status()).isEqualTo(Status.DROPPED);
        loglet.stored(3, 1);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.OK);
    }

    @Test
    void sealStandsEvenIfTheStoresBeforeItWereRefused() {
        loglet.stored(1, 2);
        loglet.store().hold();
        AtomicBoolean refused = new AtomicBoolean();
        loglet.store().refuseWith(() -> refused.compareAndSet(false, true) ? full() : null);
        Asked store = loglet.ask(store(3, 2));
        loglet.settle();
        Asked seal = loglet.ask(seal());
        loglet.settle();
        loglet.store().release();

        assertThat(store.status()).isEqualTo(Status.DROPPED);
        if (seal.status() == Status.OK) {
            assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(3, 1, true, Status.OK));
            assertThat(loglet.ask(repair(3, 2)).status()).isEqualTo(Status.OK);
        } else {
            assertThat(seal.status()).as("in one group").isEqualTo(Status.DROPPED);
        }
    }

    @Test
    void refusedTrimIsNeverSeen() {
        loglet.stored(1, 5);
        loglet.ask(trim(1)).response();
        loglet.store().hold();
        loglet.store().refuseNext(1, full());
        Asked trim = loglet.ask(trim(3));
        assertThat(loglet.everything()).isEqualTo("T1-1 2 3 4 5 next 6");
        assertThat(loglet.info().trimPoint()).isEqualTo(1);
        loglet.store().release();

        assertThat(trim.status()).isEqualTo(Status.DROPPED);
        assertThat(loglet.everything()).isEqualTo("T1-1 2 3 4 5 next 6");
        assertThat(loglet.info().trimPoint()).isEqualTo(1);
        assertThat(loglet.ask(trim(3)).status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("T1-3 4 5 next 6");
    }

    @Test
    void failureAnswersEverythingAndDisablesWrites() {
        loglet.stored(1, 2);
        loglet.store().hold();
        loglet.store().refuseNext(1, failed());
        Asked first = loglet.ask(store(3, 2));
        Asked second = loglet.ask(store(5, 2));
        Asked duplicate = loglet.ask(store(3, 2));
        Asked trim = loglet.ask(trim(1));
        Asked seal = loglet.ask(seal());
        Asked joined = loglet.ask(seal());
        Asked parked = loglet.ask(store(7, 2));
        loglet.settle();
        loglet.store().release();

        for (Asked asked : List.of(first, second, duplicate, trim, seal, joined, parked)) {
            assertThat(asked.status()).isEqualTo(Status.DISABLED);
        }
        assertThat(loglet.ask(store(3, 1)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(repair(1, 1)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(trim(2)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(3, 1, false, Status.OK));
        loglet.settle();
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void readsAndMetaRequestsGoOnAfterAFailure() {
        loglet.stored(1, 3);
        loglet.store().refuseNext(1, failed());
        loglet.ask(store(4, 1)).response();
        assertThat(loglet.everything()).isEqualTo("1 2 3 next 4");
        assertThat(loglet.ask(LogletFixture.digest(1, 9)).status()).isEqualTo(Status.OK);
        loglet.ask(release(9));
        assertThat(loglet.info().header().knownGlobalTail()).isEqualTo(9);
        assertThat(loglet.ask(trim(LogletOffset.MAX)).status()).isEqualTo(Status.MALFORMED);
    }

    @Test
    void serviceGoesOnAfterReopening() {
        loglet.stored(1, 3);
        loglet.store().refuseNext(1, failed());
        loglet.ask(store(4, 1)).response();
        loglet.reopen();
        loglet.stored(4, 1);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 next 5");
    }

    @Test
    void closedStoreAnswersEveryKindOfRequest() {
        loglet.stored(1, 3);
        loglet.store().close();
        assertThat(loglet.ask(trim(1)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(store(4, 1)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(LogletFixture.read(1, 3)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.ask(LogletFixture.digest(1, 3)).status()).isEqualTo(Status.DISABLED);
        assertThat(loglet.info().header().status()).isEqualTo(Status.OK);
        assertThat(loglet.info().trimPoint()).as("the trim never happened").isZero();
    }

    @Test
    void unreadableBodyIsMalformedAndHarmsNobody() {
        LogRecord other = LogletFixture.record(1, Keys.NONE);
        MemorySegment closed;
        try (ClosableBody body = new ClosableBody()) {
            closed = body.segment();
        }
        Request.Store store =
                new Request.Store(
                        header(),
                        0,
                        0,
                        1,
                        SEQUENCER,
                        List.of(other, new LogRecord(0, Keys.NONE, closed)));
        assertThat(loglet.ask(store).status()).isEqualTo(Status.MALFORMED);
        loglet.stored(1, 2);
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
    }

    @Test
    void replyThatThrowsHarmsNobody() {
        loglet.worker()
                .submit(
                        SEQUENCER,
                        store(1, 1),
                        _ -> {
                            throw new AssertionError("on demand");
                        });
        loglet.worker()
                .submit(
                        SEQUENCER,
                        LogletFixture.trim(LogletOffset.MAX),
                        _ -> {
                            throw new IllegalStateException("on demand");
                        });
        loglet.stored(2, 1);
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
        loglet.settle();
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    private static StoreException full() {
        return new StoreException.Full("no room on demand", null);
    }

    private static StoreException failed() {
        return new StoreException.Failed("on demand", StoreException.Outcome.UNKNOWN, null);
    }
}
