package cordwood.loglet;

import static cordwood.loglet.LogletFixture.OTHER;
import static cordwood.loglet.LogletFixture.repair;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.Durability;
import cordwood.store.Metric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SealTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void sealedLogletRefusesStores() {
        loglet.stored(1, 2);
        assertThat(loglet.ask(seal()).header())
                .isEqualTo(new ResponseHeader(3, 1, true, Status.OK));
        assertThat(loglet.ask(store(3, 1)).header())
                .isEqualTo(new ResponseHeader(3, 1, true, Status.SEALED));
        assertThat(loglet.everything()).isEqualTo("1 2 next 3");
    }

    @Test
    void secondSealJoinsTheFirst() {
        loglet.store().hold();
        Asked first = loglet.ask(seal());
        Asked second = loglet.ask(seal());
        loglet.settle();
        assertThat(first.isAnswered() || second.isAnswered()).isFalse();

        loglet.store().release();

        assertThat(first.status()).isEqualTo(Status.OK);
        assertThat(second.status()).isEqualTo(Status.OK);
        assertThat(loglet.store().metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(1);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.OK);
        assertThat(loglet.store().metrics().value(Metric.COMMIT_BATCHES)).isEqualTo(1);
    }

    @Test
    void sealIsAlwaysSynced() {
        loglet.reopen(loglet.options().withDurability(Durability.BUFFERED));
        loglet.stored(1, 1);
        assertThat(loglet.store().lastLevel()).isEqualTo(Durability.BUFFERED);
        loglet.ask(seal()).response();
        assertThat(loglet.store().lastLevel()).isEqualTo(Durability.DURABLE);
    }

    @Test
    void sealSaysWhenItWasMade() {
        loglet.ask(seal()).response();
        assertThat(loglet.sealText()).isEqualTo("2026-11-20T10:00:00Z");
    }

    @Test
    void sealSurvivesACrash() {
        loglet.stored(1, 2);
        loglet.ask(seal()).response();
        loglet.crash();
        assertThat(loglet.info().header().sealed()).isTrue();
        assertThat(loglet.ask(store(3, 1)).status()).isEqualTo(Status.SEALED);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.OK);
    }

    @Test
    void repairsGoOnAfterTheSealBelowAndAboveTheTail() {
        loglet.ask(LogletFixture.release(4));
        loglet.stored(4, 2);
        loglet.ask(seal()).response();

        assertThat(loglet.ask(OTHER, repair(2, 2)).header())
                .isEqualTo(new ResponseHeader(6, 4, true, Status.OK));
        assertThat(loglet.ask(OTHER, repair(6, 2)).header())
                .isEqualTo(new ResponseHeader(8, 4, true, Status.OK));
        assertThat(loglet.ask(OTHER, repair(5, 4)).header().localTail()).isEqualTo(9);
        assertThat(loglet.ask(OTHER, repair(10, 1)).status()).isEqualTo(Status.OUT_OF_BOUNDS);
        assertThat(loglet.everything()).isEqualTo("2 3 4 5 6 7 8 next 9");

        loglet.crash();
        assertThat(loglet.info().header().localTail()).isEqualTo(9);
        assertThat(loglet.info().header().sealed()).isTrue();
    }

    @Test
    void emptyLogletCanBeSealed() {
        assertThat(loglet.ask(seal()).header())
                .isEqualTo(new ResponseHeader(1, 1, true, Status.OK));
        loglet.reopen();
        assertThat(loglet.info().header()).isEqualTo(new ResponseHeader(1, 1, true, Status.OK));
    }
}
