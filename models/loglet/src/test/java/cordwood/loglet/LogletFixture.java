package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.store.StepExecutor;
import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A loglet server on a model behind a {@link RelayStore}, and short words for what tests ask. */
final class LogletFixture implements AutoCloseable {

    static final NodeId SEQUENCER = new NodeId(1, 1);
    static final NodeId OTHER = new NodeId(2, 1);
    static final long LOGLET = -7;

    private final ModelState data = new ModelState();
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-20T10:00:00Z"));
    private LogletOptions options =
            LogletOptions.DEFAULTS
                    .withInFlightBytesMax(1 << 20)
                    .withReadBytesMax(64 << 10, 1 << 20)
                    .withGlobalTailPersistInterval(Duration.ofHours(1))
                    .withClock(now::get);
    private RelayStore store;
    private LogletServer server;

    LogletFixture() {
        store = new RelayStore(ModelStore.open(data, false), StepExecutor.virtualThreads());
        server = LogletServer.open(store, options);
    }

    RelayStore store() {
        return store;
    }

    LogletServer server() {
        return server;
    }

    LogletOptions options() {
        return options;
    }

    LogletWorker worker() {
        return server.worker(LOGLET);
    }

    /** Goes on with other options, on the same data. */
    void reopen(LogletOptions with) {
        options = with;
        reopen();
    }

    /** Closes and opens everything again on the same data. */
    void reopen() {
        close();
        store = new RelayStore(ModelStore.open(data, false), StepExecutor.virtualThreads());
        server = LogletServer.open(store, options);
    }

    /** Goes on as after a crash: without the server's last words. */
    void crash() {
        store.close();
        reopen();
    }

    void timeGoesTo(long millis) {
        now.set(Instant.ofEpochMilli(millis));
    }

    /** Asks, as the sequencer. */
    Asked ask(Request request) {
        return ask(SEQUENCER, request);
    }

    Asked ask(NodeId peer, Request request) {
        Asked asked = new Asked();
        worker().submit(peer, request, asked);
        return asked;
    }

    /** Waits until everything asked before was taken by the worker. */
    void settle() {
        ask(new Request.GetLogletInfo(header())).header();
    }

    // requests

    static RequestHeader header() {
        return RequestHeader.of(LOGLET);
    }

    static RequestHeader header(long knownGlobalTail) {
        return new RequestHeader(LOGLET, knownGlobalTail);
    }

    static Request.Store store(long first, int count) {
        return store(LOGLET, first, records(first, count));
    }

    static Request.Store store(long logletId, long first, List<LogRecord> records) {
        return new Request.Store(RequestHeader.of(logletId), 0, 0, first, SEQUENCER, records);
    }

    static Request.Store repair(long first, int count) {
        return new Request.Store(
                header(), 0, Request.Store.IGNORE_SEAL, first, SEQUENCER, records(first, count));
    }

    static List<LogRecord> records(long first, int count) {
        List<LogRecord> records = new ArrayList<>();
        for (long offset = first; offset < first + count; offset++) {
            records.add(record(offset, Keys.NONE));
        }
        return records;
    }

    static LogRecord record(long offset, Keys keys) {
        return new LogRecord(1_000 + offset, keys, Bytes.of("record " + offset));
    }

    static Request.GetRecords read(long from, long to) {
        return new Request.GetRecords(
                header(), Request.GetRecords.NO_LIMIT, new KeyFilter.Any(), from, to);
    }

    static Request.Seal seal() {
        return new Request.Seal(header());
    }

    static Request.Trim trim(long to) {
        return new Request.Trim(header(), to);
    }

    static Request.GetDigest digest(long from, long to) {
        return new Request.GetDigest(header(), from, to);
    }

    static Request.Release release(long knownGlobalTail) {
        return new Request.Release(header(knownGlobalTail));
    }

    static Request.WaitForTail waitFor(TailQuery query) {
        return new Request.WaitForTail(header(), query);
    }

    // answers

    /** Stores {@code count} records from {@code first} and expects them to be taken. */
    void stored(long first, int count) {
        assertThat(ask(store(first, count)).status()).isEqualTo(Status.OK);
    }

    Response.Records records(Request.GetRecords request) {
        return (Response.Records) ask(request).response();
    }

    Response.LogletInfo info() {
        return (Response.LogletInfo) ask(new Request.GetLogletInfo(header())).response();
    }

    /** What a read found, in words: {@code 3} a record, {@code T1-2} and {@code F4-4} gaps. */
    static String words(Response.Records records) {
        StringBuilder words = new StringBuilder();
        for (RecordEntry entry : records.entries()) {
            words.append(
                    switch (entry) {
                        case RecordEntry.Data(long offset, LogRecord record) -> {
                            assertThat(Bytes.text(record.body())).isEqualTo("record " + offset);
                            assertThat(record.createdAtNanos()).isEqualTo(1_000 + offset);
                            yield offset + " ";
                        }
                        case RecordEntry.TrimGap(long from, long to) ->
                                "T%d-%d ".formatted(from, to);
                        case RecordEntry.FilteredGap(long from, long to) ->
                                "F%d-%d ".formatted(from, to);
                    });
        }
        return words + "next " + records.nextOffset();
    }

    /** Everything readable, in words. */
    String everything() {
        return words(records(read(LogletOffset.OLDEST, LogletOffset.MAX)));
    }

    /** What the seal that is stored says. */
    String sealText() {
        return Bytes.text(
                Objects.requireNonNull(
                        store.attribute(
                                AttributeDescriptor.SPACE, LOGLET, AttributeDescriptor.SEAL_ID)));
    }

    static MemorySegment bodyOf(int bytes) {
        return MemorySegment.ofArray(new byte[bytes]);
    }

    @Override
    public void close() {
        store.release();
        server.close();
        store.close();
    }

    /** Takes one answer, and fails when there is a second. */
    static final class Asked implements ReplyTo {

        private final CompletableFuture<Response> answer = new CompletableFuture<>();

        @Override
        public void reply(Response response) {
            if (!answer.complete(response)) {
                throw new AssertionError("answered twice: " + response);
            }
        }

        boolean isAnswered() {
            return answer.isDone();
        }

        Response response() {
            return answer.orTimeout(2, TimeUnit.MINUTES).join();
        }

        ResponseHeader header() {
            return response().header();
        }

        Status status() {
            return header().status();
        }
    }
}
