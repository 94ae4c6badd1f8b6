package cordwood.loglet;

import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.trim;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.Metric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrimTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void trimRemovesUpToItsPoint() {
        loglet.stored(1, 10);
        assertThat(loglet.ask(trim(4)).status()).isEqualTo(Status.OK);
        assertThat(loglet.info().trimPoint()).isEqualTo(4);
        assertThat(loglet.info().header().localTail()).isEqualTo(11);
        assertThat(loglet.everything()).isEqualTo("T1-4 5 6 7 8 9 10 next 11");

        loglet.crash();
        assertThat(loglet.info().trimPoint()).isEqualTo(4);
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(11, 5, false, Status.OK));
        assertThat(loglet.everything()).isEqualTo("T1-4 5 6 7 8 9 10 next 11");
    }

    @Test
    void tailStaysWhenEverythingIsTrimmed() {
        loglet.stored(1, 10);
        assertThat(loglet.ask(trim(10)).status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("T1-10 next 11");
        loglet.crash();
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(11, 11, false, Status.OK));
        loglet.stored(11, 1);
        assertThat(loglet.everything()).isEqualTo("T1-10 11 next 12");
    }

    @Test
    void trimNeverMovesBack() {
        loglet.stored(1, 10);
        loglet.ask(trim(6)).response();
        long batches = loglet.store().metrics().value(Metric.COMMIT_BATCHES);
        assertThat(loglet.ask(trim(3)).status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(trim(6)).status()).isEqualTo(Status.OK);
        assertThat(loglet.info().trimPoint()).isEqualTo(6);
        assertThat(loglet.store().metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(batches);
    }

    @Test
    void trimmingAnEmptyLogletChangesNothing() {
        loglet.ask(release(100));
        assertThat(loglet.ask(trim(50)).header())
                .isEqualTo(new ResponseHeader(1, 100, false, Status.OK));
        assertThat(loglet.info().trimPoint()).isEqualTo(LogletOffset.INVALID);
        loglet.reopen();
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(1, 100, false, Status.OK));
        assertThat(loglet.info().trimPoint()).isEqualTo(LogletOffset.INVALID);
        assertThat(loglet.everything()).isEqualTo("next 1");
    }

    @Test
    void trimIsClippedToWhatIsHere() {
        loglet.stored(1, 3);
        loglet.ask(release(100));
        assertThat(loglet.ask(trim(50)).status()).isEqualTo(Status.OK);
        assertThat(loglet.info().trimPoint()).isEqualTo(3);
        assertThat(loglet.info().header().localTail()).isEqualTo(4);
    }

    @Test
    void trimPastEveryKnownTailIsMalformed() {
        loglet.stored(1, 3);
        assertThat(loglet.ask(trim(4)).status()).isEqualTo(Status.MALFORMED);
        assertThat(loglet.ask(trim(LogletOffset.INVALID)).status()).isEqualTo(Status.MALFORMED);
        loglet.ask(release(6));
        assertThat(loglet.ask(trim(6)).status()).isEqualTo(Status.MALFORMED);
        assertThat(loglet.ask(trim(5)).status()).isEqualTo(Status.OK);
    }

    @Test
    void trimIsSeenAndAnsweredOnceItIsDurable() {
        loglet.stored(1, 5);
        loglet.store().hold();
        Asked trim = loglet.ask(trim(3));
        Asked again = loglet.ask(trim(3));
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 next 6");
        assertThat(trim.isAnswered()).isFalse();
        assertThat(again.isAnswered()).as("not durable yet").isFalse();

        loglet.store().release();
        assertThat(trim.status()).isEqualTo(Status.OK);
        assertThat(again.status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("T1-3 4 5 next 6");
    }

    @Test
    void storeBelowTheTrimPointIsGoneAtOnce() {
        loglet.stored(1, 5);
        loglet.ask(trim(3)).response();
        assertThat(loglet.ask(LogletFixture.repair(1, 4)).status()).isEqualTo(Status.OK);
        assertThat(loglet.everything()).isEqualTo("T1-3 4 5 next 6");
    }

    @Test
    void sealedLogletCanBeTrimmed() {
        loglet.stored(1, 5);
        loglet.ask(LogletFixture.seal()).response();
        assertThat(loglet.ask(trim(5)).header())
                .isEqualTo(new ResponseHeader(6, 1, true, Status.OK));
    }
}
