package cordwood.loglet;

import static cordwood.loglet.LogletFixture.digest;
import static cordwood.loglet.LogletFixture.release;
import static cordwood.loglet.LogletFixture.trim;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.DigestEntry.State;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GetDigestTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    private Response.Digest ask(long from, long to) {
        return (Response.Digest) loglet.ask(digest(from, to)).response();
    }

    private List<DigestEntry> entries(long from, long to) {
        return ask(from, to).entries();
    }

    private static DigestEntry exists(long from, long to) {
        return new DigestEntry(from, to, State.EXISTS);
    }

    private static DigestEntry trimmed(long from, long to) {
        return new DigestEntry(from, to, State.TRIMMED);
    }

    @Test
    void runsAreMaximalAndHolesAreNotMentioned() {
        loglet.stored(1, 4);
        loglet.ask(release(7));
        loglet.stored(7, 2);
        loglet.stored(9, 1);
        assertThat(entries(1, LogletOffset.MAX)).containsExactly(exists(1, 4), exists(7, 9));
        assertThat(entries(2, 8)).containsExactly(exists(2, 4), exists(7, 8));
        assertThat(entries(5, 6)).isEmpty();
        assertThat(entries(10, 20)).isEmpty();
        assertThat(ask(2, 8).nextOffset()).isEqualTo(9);
        assertThat(ask(1, LogletOffset.MAX).nextOffset()).isEqualTo(LogletOffset.MAX);
    }

    @Test
    void trimmedRunComesFirst() {
        loglet.stored(1, 9);
        loglet.ask(trim(5)).response();
        assertThat(entries(1, 9)).containsExactly(trimmed(1, 5), exists(6, 9));
        assertThat(entries(3, 6)).containsExactly(trimmed(3, 5), exists(6, 6));
        assertThat(entries(2, 4)).containsExactly(trimmed(2, 4));
        assertThat(entries(6, 6)).containsExactly(exists(6, 6));
    }

    @Test
    void lengthCountsTheOffsetsOfARun() {
        assertThat(exists(3, 3).length()).isEqualTo(1);
        assertThat(exists(3, 7).length()).isEqualTo(5);
        assertThat(trimmed(1, LogletOffset.MAX).length()).isEqualTo(LogletOffset.MAX);
    }

    @Test
    void statesHaveTheirLetters() {
        assertThat(State.TRIMMED.code()).isEqualTo('T');
        assertThat(State.EXISTS.code()).isEqualTo('X');
    }

    @Test
    void emptyRangeIsMalformed() {
        assertThat(ask(4, 3).header().status()).isEqualTo(Status.MALFORMED);
        assertThat(ask(LogletOffset.INVALID, 3).header().status()).isEqualTo(Status.MALFORMED);
    }

    @Test
    void trimDuringADigestIsATrimmedRun() {
        loglet.stored(1, 9);
        AtomicInteger steps = new AtomicInteger();
        loglet.store()
                .beforeNext(_ -> {
                    if (steps.incrementAndGet() == 3) {
                        loglet.ask(trim(5)).response();
                    }
                });
        assertThat(entries(1, 9)).containsExactly(trimmed(1, 5), exists(6, 9));
    }

    @Test
    void trimOfTheRestDuringADigestIsATrimmedRun() {
        loglet.stored(1, 9);
        AtomicInteger steps = new AtomicInteger();
        loglet.store()
                .beforeNext(_ -> {
                    if (steps.incrementAndGet() == 3) {
                        loglet.ask(trim(9)).response();
                    }
                });
        assertThat(entries(1, 7)).containsExactly(trimmed(1, 7));
    }

    @Test
    void nextOffsetAtTheEdgeIsAnOffset() {
        loglet.stored(1, 3);
        Response.Digest answer = ask(1, LogletOffset.MAX);
        assertThat(LogletOffset.requireFits(answer.nextOffset())).isEqualTo(LogletOffset.MAX);
        assertThat(ask(LogletOffset.MAX, LogletOffset.MAX).nextOffset())
                .isEqualTo(LogletOffset.MAX);
    }

    @Test
    void largeDigestIsGivenInParts() {
        loglet.reopen(loglet.options().withReadBytesMax(24 * 10, 1 << 20));
        for (long first = 1; first < 100; first += 2) {
            loglet.ask(release(first));
            loglet.stored(first, 1);
        }
        Response.Digest part = ask(1, 200);
        assertThat(part.entries()).hasSize(10);
        assertThat(part.nextOffset()).isEqualTo(21);
        int runs = 0;
        for (long next = 1; next <= 200; next = part.nextOffset()) {
            part = ask(next, 200);
            runs += part.entries().size();
        }
        assertThat(runs).isEqualTo(50);
        assertThat(part.nextOffset()).isEqualTo(201);
    }

    @Test
    void closedStoreIsAnsweredDisabled() {
        loglet.stored(1, 9);
        loglet.worker();
        loglet.store().close();
        Response.Digest answer = ask(3, 9);
        assertThat(answer.header().status()).isEqualTo(Status.DISABLED);
        assertThat(answer.nextOffset()).isEqualTo(3);
        assertThat(answer.entries()).isEmpty();
    }
}
