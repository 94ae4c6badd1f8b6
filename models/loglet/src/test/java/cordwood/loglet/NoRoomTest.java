package cordwood.loglet;

import static cordwood.loglet.LogletFixture.LOGLET;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.read;
import static cordwood.loglet.LogletFixture.records;
import static cordwood.loglet.LogletFixture.repair;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static cordwood.loglet.LogletFixture.trim;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** While the store has no room, writes wait for it in order, and everything else is answered. */
class NoRoomTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    /** Lets pass what a write may wait for room. */
    private void patienceEnds() {
        long startMillis = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
        loglet.timeGoesTo(startMillis + loglet.options().roomWaitMax().toMillis() + 1);
    }

    @Test
    void everythingElseIsAnsweredWhileStoresWait() {
        loglet.stored(1, 2);
        loglet.store().hasRoom(false);
        List<Asked> stores = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            stores.add(loglet.ask(store(3 + i, 1)));
        }
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(3, 1, false, Status.OK));
        assertThat(loglet.ask(LogletFixture.digest(1, 9)).status()).isEqualTo(Status.OK);
        assertThat(stores).noneMatch(Asked::isAnswered);

        loglet.store().hasRoom(true);
        assertThat(stores).allMatch(store -> store.status() == Status.OK);
        assertThat(loglet.info().header().localTail()).isEqualTo(23);
    }

    @Test
    void writesThatWaitTooLongAreDroppedAndHaveNoEffect() {
        loglet.stored(1, 5);
        loglet.store().hasRoom(false);
        List<Asked> asked =
                List.of(loglet.ask(store(6, 1)), loglet.ask(trim(3)), loglet.ask(seal()));
        loglet.settle();
        patienceEnds();
        assertThat(asked).allMatch(write -> write.status() == Status.DROPPED);
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 next 6");
        assertThat(loglet.info().trimPoint()).isEqualTo(LogletOffset.INVALID);

        loglet.store().hasRoom(true);
        loglet.stored(6, 1);
        assertThat(loglet.ask(trim(3)).status()).isEqualTo(Status.OK);
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void trimThatWaitsIsNotSeen() {
        loglet.stored(1, 5);
        loglet.store().hasRoom(false);
        Asked trim = loglet.ask(trim(3));
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 next 6");
        loglet.store().hasRoom(true);
        assertThat(trim.status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("T1-3 4 5 next 6");
    }

    @Test
    void storeIsNotWrittenAfterItsTimeout() {
        loglet.stored(1, 1);
        long timeoutMillis = Instant.parse("2026-11-20T10:00:05Z").toEpochMilli();
        loglet.store().hasRoom(false);
        Asked store =
                loglet.ask(
                        new Request.Store(header(), timeoutMillis, 0, 2, SEQUENCER, records(2, 1)));
        loglet.settle();
        loglet.timeGoesTo(timeoutMillis);
        loglet.store().hasRoom(true);
        assertThat(store.status()).isEqualTo(Status.DROPPED);
        assertThat(loglet.everything()).isEqualTo("1 next 2");
    }

    @RepeatedTest(20)
    void sealGoesBeforeStoresThatWait() {
        loglet.stored(1, 2);
        loglet.store().hasRoom(false);
        Asked store = loglet.ask(store(3, 1));
        Asked seal = loglet.ask(seal());
        loglet.settle();
        loglet.store().hasRoom(true);
        assertThat(seal.status()).isEqualTo(Status.OK);
        assertThat(store.status()).isEqualTo(Status.SEALED);
        assertThat(loglet.ask(repair(3, 1)).status()).isEqualTo(Status.OK);
    }

    /** Most of all where there is room as soon as the store comes. */
    @Test
    void storeDoesNotOvertakeASealThatWaits() {
        loglet.stored(1, 2);
        loglet.store().hasRoom(false);
        Asked seal = loglet.ask(seal());
        loglet.settle();
        loglet.store().hasRoom(true);
        Asked store = loglet.ask(store(3, 1));
        assertThat(seal.status()).isEqualTo(Status.OK);
        assertThat(store.status()).isEqualTo(Status.SEALED);
    }

    @Test
    void everyLogletGetsItsTurn() {
        loglet.store().hasRoom(false);
        List<Asked> asked = new ArrayList<>();
        for (long id = 1; id <= 20; id++) {
            for (long offset = 1; offset <= 50; offset++) {
                Asked store = new Asked();
                asked.add(store);
                loglet.server()
                        .worker(id)
                        .submit(SEQUENCER, store(id, offset, records(offset, 1)), store);
            }
        }
        loglet.store().hasRoom(true);
        assertThat(asked).allMatch(store -> store.status() == Status.OK);
    }

    @Test
    void storeOfAnotherLogletIsNotKeptOutByATrimThatWaits() {
        loglet.stored(1, 2);
        loglet.store().hasRoomForTrims(false);
        Asked trim = loglet.ask(trim(1));
        Asked behind = loglet.ask(store(3, 1));
        loglet.settle();
        Asked store = new Asked();
        loglet.server().worker(1).submit(SEQUENCER, store(1, 1, records(1, 1)), store);
        assertThat(store.status()).isEqualTo(Status.OK);
        assertThat(trim.isAnswered() || behind.isAnswered()).isFalse();

        loglet.store().hasRoomForTrims(true);
        assertThat(trim.status()).isEqualTo(Status.OK);
        assertThat(behind.status()).isEqualTo(Status.OK);
    }

    @Test
    void everyLogletsTrimGetsItsTurn() {
        List<Asked> asked = new ArrayList<>();
        for (long id = 1; id <= 20; id++) {
            Asked store = new Asked();
            loglet.server().worker(id).submit(SEQUENCER, store(id, 1, records(1, 2)), store);
            assertThat(store.status()).isEqualTo(Status.OK);
        }
        loglet.store().hasRoom(false);
        for (long id = 1; id <= 20; id++) {
            asked.add(new Asked());
            Request trim = new Request.Trim(RequestHeader.of(id), 1);
            loglet.server().worker(id).submit(SEQUENCER, trim, asked.getLast());
            asked.add(new Asked());
            Request store = store(id, 3, records(3, 1));
            loglet.server().worker(id).submit(SEQUENCER, store, asked.getLast());
        }
        loglet.store().hasRoom(true);
        assertThat(asked).allMatch(write -> write.status() == Status.OK);
    }

    @Test
    void closingDropsWhatHasNoRoom() {
        loglet.stored(1, 2);
        loglet.store().hasRoom(false);
        List<Asked> asked =
                List.of(loglet.ask(store(3, 1)), loglet.ask(trim(1)), loglet.ask(seal()));
        loglet.settle();
        loglet.server().close();
        assertThat(asked).allMatch(write -> write.status() == Status.DROPPED);
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void readOfAnotherLogletIsServedToo() {
        loglet.store().hasRoom(false);
        loglet.ask(store(1, 1));
        Asked info = new Asked();
        loglet.server()
                .worker(LOGLET + 1)
                .submit(SEQUENCER, new Request.GetLogletInfo(RequestHeader.of(LOGLET + 1)), info);
        assertThat(info.status()).isEqualTo(Status.OK);
        assertThat(loglet.records(read(1, 1)).entries()).isEmpty();
    }
}
