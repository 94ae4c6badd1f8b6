package cordwood.loglet;

import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.bodyOf;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that lack a part are answered, and disable nobody. */
@SuppressWarnings({"NullAway", "DataFlowIssue"}) // nulls are the point
class MalformedRequestTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    private static Request.Store of(NodeId sequencer, List<LogRecord> records) {
        return new Request.Store(header(), 0, 0, 1, sequencer, records);
    }

    @Test
    void requestWithoutAPartIsMalformedAndTheNextIsServed() {
        LogRecord record = new LogRecord(1, Keys.NONE, bodyOf(1));
        List<LogRecord> throwing =
                new AbstractList<>() {
                    @Override
                    public LogRecord get(int index) {
                        throw new IllegalStateException("on demand");
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                };
        List<Request> malformed =
                List.of(
                        of(SEQUENCER, List.of(new LogRecord(1, null, bodyOf(1)))),
                        of(SEQUENCER, List.of(record, new LogRecord(1, Keys.NONE, null))),
                        of(SEQUENCER, Arrays.asList(record, null)),
                        of(SEQUENCER, null),
                        of(SEQUENCER, throwing),
                        of(null, List.of(record)),
                        new Request.GetRecords(header(), 0, null, 1, 5),
                        new Request.WaitForTail(header(), null),
                        new Request.Store(null, 0, 0, 1, SEQUENCER, List.of(record)),
                        new Request.Seal(null),
                        new Request.Trim(null, 1),
                        new Request.GetLogletInfo(null),
                        new Request.GetDigest(null, 1, 2));
        long next = 1;
        for (Request request : malformed) {
            assertThat(loglet.ask(request).status()).isEqualTo(Status.MALFORMED);
            loglet.stored(next++, 1);
        }
        assertThat(loglet.ask(null, store(next, 1)).status()).isEqualTo(Status.MALFORMED);
        loglet.settle();
        assertThat(loglet.server().inFlightBytes()).isZero();
    }

    @Test
    void nobodyToTellIsRefused() {
        assertThatThrownBy(() -> loglet.worker().submit(SEQUENCER, store(1, 1), null))
                .isInstanceOf(StoreException.Invalid.class);
        assertThatThrownBy(() -> loglet.worker().submit(SEQUENCER, null, _ -> {}))
                .isInstanceOf(StoreException.Invalid.class);
    }
}
